import { useLocation, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

/** The details, the search, or the chat again with the way along the hits. */
export type Over = "details" | "search" | "hits";

declare module "@tanstack/react-router" {
	interface HistoryState {
		/** What lies over the chat. */
		over?: Over;
	}
}

/**
 * What lies over the chat where there is no room beside it. A step of the
 * history, since on a phone it covers all and Back is expected to lead out of
 * it; from one to another it stays the same step.
 */
export function useOver() {
	const router = useRouter();
	const navigate = useNavigate();
	const over = useLocation({ select: ({ state }) => state.over ?? null });
	const isLeaving = useRef(false);
	useEffect(() => {
		if (over === null) isLeaving.current = false;
	}, [over]);

	function show(next: Over) {
		const { state } = router.history.location;
		if (state.over === next) return;
		void navigate({
			to: ".",
			search: true,
			hash: true,
			state: (before) => ({ ...before, over: next }),
			replace: state.over !== undefined,
		});
	}

	function close() {
		// Going back takes a moment, in which a second press must not go further.
		if (router.history.location.state.over === undefined || isLeaving.current) return;
		isLeaving.current = true;
		router.history.back();
	}
	return { over, show, close };
}
