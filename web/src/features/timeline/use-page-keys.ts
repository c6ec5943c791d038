import { useEffect } from "react";

const WAYS: Record<string, 1 | -1> = { PageUp: -1, PageDown: 1 };

/** Page keys turn the messages also while the cursor waits in an empty field: there they move nothing else. */
export function usePageKeys(turn: (way: 1 | -1) => void) {
	useEffect(() => {
		function handleKey(event: KeyboardEvent) {
			const way = WAYS[event.key];
			if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
			if (!(event.target as Element).matches("#composer textarea:placeholder-shown")) return;
			event.preventDefault();
			turn(way);
		}
		addEventListener("keydown", handleKey);
		return () => removeEventListener("keydown", handleKey);
	}, [turn]);
}
