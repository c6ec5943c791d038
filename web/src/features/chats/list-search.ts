/** Searching above the list of chats: asked for from anywhere, and kept for who comes back. */
import { type HistoryState, useRouter } from "@tanstack/react-router";
import { type RefObject, useEffect, useState } from "react";
import { watched } from "@/ui/watched";
import { keepArchive } from "./use-archive";

declare module "@tanstack/react-router" {
	interface HistoryState {
		/** What was searched for in the list, for who comes back to it. */
		searched?: string;
	}
}

/** For the step back to the list from a hit: what was typed there is typed there again. */
export function keepList(state: HistoryState): HistoryState {
	return state.searched === undefined
		? keepArchive(state)
		: { ...keepArchive(state), searched: state.searched };
}

/** What is typed above the list; who comes back from a hit finds it there, once. */
export function useListSearch() {
	const { history } = useRouter();
	const { state } = history.location;
	const typing = useState(state.searched ?? "");
	useEffect(() => {
		const { href, state } = history.location;
		if (state.searched) history.replace(href, { ...state, searched: undefined });
	}, [history]);
	return typing;
}

const isAsked = watched(false);

/** Whoever is shown next with the field above the list types there. */
export function askToSearch(): void {
	isAsked.write(true);
}

export function useAskedToSearch(field: RefObject<HTMLInputElement | null>): void {
	const isWanted = isAsked.use();
	useEffect(() => {
		if (!isWanted) return;
		isAsked.write(false);
		field.current?.focus();
		field.current?.select();
	}, [isWanted, field]);
}
