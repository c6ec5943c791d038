import { type PointerEvent, useRef, useState } from "react";

/** A finger that moved less has not decided yet. */
const SLOP_PX = 10;
/** From here on, letting go means it. */
const ARMED_PX = 56;
const FARTHEST_PX = 76;
const BACK_MS = 160;

type Swipe = { id: number; x: number; y: number; column: HTMLElement; isOn: boolean; by: number };

/**
 * A finger that draws a row towards its start, as Telegram has it. Scrolling
 * up and down stays the browser's: `touch-action` in the style says so, and
 * a scroll that begins cancels the swipe. Mice and pens have a button.
 */
export function useSwipe(canSwipe: boolean, onSwiped: () => void) {
	const swipe = useRef<Swipe | null>(null);
	const [isSwiping, setSwiping] = useState(false);

	function begin(event: PointerEvent<HTMLElement>) {
		const column = event.currentTarget.querySelector<HTMLElement>(".msg__col");
		// Long code scrolls sideways by itself.
		const isOverCode = (event.target as Element).closest("pre") !== null;
		if (event.pointerType !== "touch" || !canSwipe || !column || isOverCode) return;
		const { pointerId: id, clientX: x, clientY: y } = event;
		swipe.current = { id, x, y, column, isOn: false, by: 0 };
	}

	function move(event: PointerEvent<HTMLElement>) {
		const now = swipe.current;
		if (!now || now.id !== event.pointerId) return;
		const { sign, along, across } = wayOf(now, event);
		if (!now.isOn) {
			if (across > SLOP_PX || along < -SLOP_PX) swipe.current = null;
			if (along <= SLOP_PX || along < across * 1.5) return;
			now.isOn = true;
			event.currentTarget.setPointerCapture(event.pointerId);
			setSwiping(true);
		}
		const wasArmed = now.by >= ARMED_PX;
		now.by = Math.min(Math.max(0, along - SLOP_PX), FARTHEST_PX);
		if (!wasArmed && now.by >= ARMED_PX) navigator.vibrate?.(10);
		now.column.style.transform = `translateX(${now.by * sign}px)`;
		event.currentTarget.classList.toggle("is-armed", now.by >= ARMED_PX);
	}

	function end(event: PointerEvent<HTMLElement>) {
		const now = swipe.current;
		swipe.current = null;
		if (!now?.isOn) return;
		setSwiping(false);
		event.currentTarget.classList.remove("is-armed");
		letGo(now.column);
		if (event.type === "pointerup" && now.by >= ARMED_PX) onSwiped();
	}

	const handlers = {
		onPointerDown: begin,
		onPointerMove: move,
		onPointerUp: end,
		onPointerCancel: end,
	};
	return { isSwiping, handlers };
}

/** How far the finger is on the way that answers, and how far off it. */
function wayOf({ x, y }: Swipe, event: PointerEvent) {
	const sign = document.documentElement.dir === "rtl" ? 1 : -1;
	return { sign, along: (event.clientX - x) * sign, across: Math.abs(event.clientY - y) };
}

function letGo(column: HTMLElement) {
	const { transform } = column.style;
	column.style.transform = "";
	const isStill =
		document.documentElement.dataset.motion === "less" ||
		matchMedia("(prefers-reduced-motion: reduce)").matches;
	if (isStill) return;
	column.animate([{ transform }, { transform: "none" }], {
		duration: BACK_MS,
		easing: "cubic-bezier(.2, 0, 0, 1)",
	});
}
