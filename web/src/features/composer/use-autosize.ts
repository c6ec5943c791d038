import { type RefObject, useLayoutEffect } from "react";

const hasFieldSizing = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

/**
 * Lets the field grow with its text where the browser cannot do so by itself.
 * What is around it keeps its size while it is measured: room given to the
 * messages for that moment would move them from their end.
 */
export function useAutosize(ref: RefObject<HTMLTextAreaElement | null>, text: string): void {
	// biome-ignore lint/correctness/useExhaustiveDependencies: the text is what changes the height.
	useLayoutEffect(() => {
		const field = ref.current;
		const around = field?.parentElement;
		if (!field || !around || hasFieldSizing) return;
		around.style.minBlockSize = `${around.getBoundingClientRect().height}px`;
		field.style.blockSize = "auto";
		field.style.blockSize = `${field.scrollHeight}px`;
		around.style.minBlockSize = "";
	}, [ref, text]);
}
