import { type RefObject, useCallback, useEffect } from "react";
import { useActions } from "@/sync/use-sync";
import { lowestSeenSeq } from "./dom-scroller";

/**
 * Marks as read what was half in view while the page had the focus, and only
 * among the newest rows: looking something up is not reading up to it.
 */
export function useReading(
	ref: RefObject<HTMLElement | null>,
	chat: string,
	isFollowing: boolean,
	isLookingUp: () => boolean,
) {
	const actions = useActions();
	const read = useCallback(() => {
		const element = ref.current;
		if (!element || !isFollowing || isLookingUp()) return;
		if (!document.hasFocus() || document.visibilityState !== "visible") return;
		const seq = lowestSeenSeq(element);
		if (seq > 0) actions.markRead(chat, seq);
	}, [actions, chat, isFollowing, isLookingUp, ref]);

	useEffect(() => {
		addEventListener("focus", read);
		document.addEventListener("visibilitychange", read);
		return () => {
			removeEventListener("focus", read);
			document.removeEventListener("visibilitychange", read);
		};
	}, [read]);
	return read;
}
