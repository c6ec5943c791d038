/** Looking for words above the list of chats: asked for from anywhere, and kept for who comes back. */
import { type HistoryState, useRouter } from "@tanstack/react-router";
import { type RefObject, useEffect, useState } from "react";
import { watched } from "@/ui/watched";
import { keepArchive } from "./use-archive";

declare module "@tanstack/react-router" {
	interface HistoryState {
		/** What was looked for in the list, for who comes back to it. */
		find?: string;
	}
}

/** For the step back to the list from a message that was found: it is found there again. */
export function keepList(state: HistoryState): HistoryState {
	return state.find === undefined
		? keepArchive(state)
		: { ...keepArchive(state), find: state.find };
}

/** What is typed above the list; who comes back from what was found finds it again, once. */
export function useFind() {
	const { history } = useRouter();
	const { state } = history.location;
	const find = useState(state.find ?? "");
	useEffect(() => {
		const { href, state } = history.location;
		if (state.find) history.replace(href, { ...state, find: undefined });
	}, [history]);
	return find;
}

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
