import { type MouseEvent, type PointerEvent, useRef } from "react";
import { markedTextIn } from "./marked-text";
import type { Anchor } from "./place";

const LONG_PRESS_MS = 500;
const SLOP_PX = 10;
/** Within this after a finger left comes its click. */
const CLICK_MS = 350;

/**
 * The ways to ask for a context menu: right click, the menu key, Shift+F10,
 * and a long press where the platform sends no such event for it.
 */
export function useContextMenu(onOpen: (anchor: Anchor) => void) {
	const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
	const wasLong = useRef(false);

	function cancel() {
		if (press.current) clearTimeout(press.current.timer);
		press.current = null;
	}

	return {
		onContextMenu(event: MouseEvent<HTMLElement>) {
			const isTouch = press.current !== null || wasLong.current;
			if (!isTouch && isBrowsers(event.target as Element, event.currentTarget)) return;
			event.preventDefault();
			cancel();
			const isPointer = event.button === 2 || (event.clientX > 0 && event.detail > 0);
			const { clientX: x, clientY: y, currentTarget: of } = event;
			onOpen(isPointer ? { x, y, of } : { element: of });
		},
		onPointerDown(event: PointerEvent<HTMLElement>) {
			wasLong.current = false;
			if (event.pointerType !== "touch") return;
			const { clientX: x, clientY: y, currentTarget: of } = event;
			const timer = setTimeout(() => {
				wasLong.current = true;
				press.current = null;
				navigator.vibrate?.(10);
				onOpen({ x, y, of });
			}, LONG_PRESS_MS);
			press.current = { timer, x, y };
		},
		onPointerMove(event: PointerEvent<HTMLElement>) {
			const start = press.current;
			if (start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLOP_PX) cancel();
		},
		onPointerUp() {
			cancel();
			if (wasLong.current) swallowClick();
			wasLong.current = false;
		},
		onPointerCancel: cancel,
	};
}

/**
 * The finger that opened the menu must neither follow the link under it nor
 * choose from the menu that has come to lie there: its click, if the browser
 * makes one, is nobody's.
 */
function swallowClick(): void {
	const stop = (event: Event) => {
		event.preventDefault();
		event.stopPropagation();
	};
	addEventListener("click", stop, { capture: true, once: true });
	setTimeout(() => removeEventListener("click", stop, { capture: true }), CLICK_MS);
}

/**
 * Marked text and an address inside keep the browser's own menu, with its
 * copy, look-up and new tab.
 */
function isBrowsers(target: Element, element: Element): boolean {
	const link = target.closest("a[href]");
	const isInside = link !== null && link !== element && element.contains(link);
	return isInside || markedTextIn(element) !== "";
}
