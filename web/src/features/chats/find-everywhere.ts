import { type RefObject, useEffect } from "react";
import { watched } from "@/ui/watched";

const isAsked = watched(false);

/** Whoever is shown next with the field above the list types there. */
export function askToFind(): void {
	isAsked.write(true);
}

export function useAskedToFind(field: RefObject<HTMLInputElement | null>): void {
	const isWanted = isAsked.use();
	useEffect(() => {
		if (!isWanted) return;
		isAsked.write(false);
		field.current?.focus();
		field.current?.select();
	}, [isWanted, field]);
}
