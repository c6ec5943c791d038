import { type RefObject, useLayoutEffect } from "react";

const hasFieldSizing = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

/** Lets the field grow with its text where the browser cannot do so by itself. */
export function useAutosize(ref: RefObject<HTMLTextAreaElement | null>, text: string): void {
	// biome-ignore lint/correctness/useExhaustiveDependencies: the text is what changes the height.
	useLayoutEffect(() => {
		const field = ref.current;
		if (!field || hasFieldSizing) return;
		field.style.blockSize = "auto";
		field.style.blockSize = `${field.scrollHeight}px`;
	}, [ref, text]);
}
