import { useRef } from "react";

/** Follows an input method: whether it composes, and whether it has only just finished. */
export function useComposition() {
	const justEnded = useRef(false);
	return {
		justEnded,
		handlers: {
			onCompositionStart() {
				justEnded.current = false;
			},
			onCompositionEnd() {
				// Safari fires this before the Enter that ended it; hold on for one turn.
				justEnded.current = true;
				setTimeout(() => {
					justEnded.current = false;
				});
			},
		},
	};
}
