import { type RefObject, useEffect } from "react";
import { isLayerOpen } from "@/ui/layers";
import { insert } from "./wrap";

/** One letter of any script, or the beginning of one; a space presses what has the focus. */
const LETTER = /^(?:\S|Dead|Process)$/u;

/**
 * Who types or pastes where nothing takes words means the message: the field
 * comes to the hand, as in every messenger.
 */
export function useStrayWords(field: RefObject<HTMLTextAreaElement | null>) {
	useEffect(() => {
		function fieldFor(event: Event): HTMLTextAreaElement | null {
			const isTaken = event.defaultPrevented || isLayerOpen() || takesWords(event.target);
			return !isTaken && field.current?.checkVisibility() ? field.current : null;
		}
		function handleKey(event: KeyboardEvent) {
			const isShortcut =
				(event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
			// The letter itself is written by the browser, into what has the focus by then.
			if (LETTER.test(event.key) && !isShortcut) fieldFor(event)?.focus({ preventScroll: true });
		}
		function handlePaste(event: ClipboardEvent) {
			const text = event.clipboardData?.getData("text/plain");
			const target = text ? fieldFor(event) : null;
			if (!text || !target) return;
			event.preventDefault();
			insert(target, text);
		}
		addEventListener("keydown", handleKey);
		addEventListener("paste", handlePaste);
		return () => {
			removeEventListener("keydown", handleKey);
			removeEventListener("paste", handlePaste);
		};
	}, [field]);
}

function takesWords(target: EventTarget | null): boolean {
	return (
		target instanceof Element &&
		target.closest("input, textarea, select, [contenteditable]") !== null
	);
}
