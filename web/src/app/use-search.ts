import { useEffect, useRef, useState } from "react";
import { isLayerOpen } from "@/ui/layers";
import { isMod, latinKey } from "@/ui/platform";
import { THREE_PANES, useMedia } from "@/ui/use-media";
import { useOver } from "./use-over";

/**
 * Looking for words in the open chat: in the place of the details where these
 * are a pane, else over the chat, which a hit uncovers again.
 */
export function useSearch() {
	const hasRoom = useMedia(THREE_PANES);
	const [isBeside, setBeside] = useState(false);
	const [asked, setAsked] = useState(0);
	const { over, show, close } = useOver();
	const front = over === "details" ? null : over;

	function open() {
		setAsked(asked + 1);
		if (hasRoom) setBeside(true);
		else show("search");
	}
	useSearchKey(open, over !== null);
	return {
		mode: modeOf(hasRoom, isBeside, front),
		asked,
		open,
		close() {
			setBeside(false);
			if (front !== null) close();
		},
		/** A hit is shown: where it would be covered, the chat comes to the front. */
		uncover() {
			if (hasRoom) return;
			setBeside(false);
			show("hits");
		},
	};
}

/** One that was opened where there was room stays where there is none, and the other way round. */
function modeOf(hasRoom: boolean, isBeside: boolean, front: "search" | "hits" | null) {
	if (hasRoom) return isBeside || front !== null ? "pane" : null;
	return front ?? (isBeside ? "search" : null);
}

/** Ctrl or ⌘ and F; the browser's own search is where it was, one press further. */
function useSearchKey(open: () => void, isOver: boolean) {
	const latest = useRef({ open, isOver });
	latest.current = { open, isOver };
	useEffect(() => {
		function handleKey(event: KeyboardEvent) {
			const { open, isOver } = latest.current;
			if (!isMod(event) || event.altKey || event.shiftKey || latinKey(event) !== "f") return;
			const isThere = (event.target as Element).matches(".search-pane input");
			if (event.defaultPrevented || isThere || (isLayerOpen() && !isOver)) return;
			event.preventDefault();
			open();
		}
		addEventListener("keydown", handleKey);
		return () => removeEventListener("keydown", handleKey);
	}, []);
}
