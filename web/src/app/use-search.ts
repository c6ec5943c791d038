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
	const isOver = over === "search" || over === "hits";
	const mode = hasRoom ? (isBeside || isOver) && "pane" : isOver ? over : isBeside && "search";

	function open() {
		setAsked(asked + 1);
		if (hasRoom) setBeside(true);
		else show("search");
	}
	useFindKey(open, over !== null);
	return {
		mode: mode || null,
		asked,
		open,
		close() {
			setBeside(false);
			if (isOver) close();
		},
		/** A hit is shown: where it would be covered, the chat comes to the front. */
		uncover() {
			if (hasRoom) return;
			setBeside(false);
			show("hits");
		},
	};
}

/** Ctrl or ⌘ and F; the browser's own search is where it was, one press further. */
function useFindKey(open: () => void, isOver: boolean) {
	const latest = useRef({ open, isOver });
	latest.current = { open, isOver };
	useEffect(() => {
		function handleKey(event: KeyboardEvent) {
			const { open, isOver } = latest.current;
			if (!isMod(event) || event.altKey || event.shiftKey || latinKey(event) !== "f") return;
			const isThere = (event.target as Element).matches("[data-search]");
			if (event.defaultPrevented || isThere || (isLayerOpen() && !isOver)) return;
			event.preventDefault();
			open();
		}
		addEventListener("keydown", handleKey);
		return () => removeEventListener("keydown", handleKey);
	}, []);
}
