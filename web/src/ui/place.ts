/** Where a floating layer belongs: at a point of what was pressed, or under an element. */
export type Anchor = { x: number; y: number; of: Element } | { element: Element };

const GAP = 4;
const MARGIN = 8;

/** Puts `layer` beside its anchor, on the side with room, inside the window. */
export function placeLayer(layer: HTMLElement, anchor: Anchor): void {
	const { offsetWidth: width, offsetHeight: height } = layer;
	const isRtl = getComputedStyle(layer).direction === "rtl";
	const spot =
		"element" in anchor
			? besideElement(anchor.element, width, height, isRtl)
			: atPoint(anchor, width, height, isRtl);
	layer.style.left = `${clamp(spot.left, MARGIN, innerWidth - width - MARGIN)}px`;
	layer.style.top = `${clamp(spot.top, MARGIN, innerHeight - height - MARGIN)}px`;
}

function besideElement(element: Element, width: number, height: number, isRtl: boolean) {
	const box = element.getBoundingClientRect();
	const fitsBelow = box.bottom + GAP + height <= innerHeight - MARGIN;
	const top = fitsBelow ? box.bottom + GAP : box.top - GAP - height;
	// Aligned with the element's start, or with its end where the start lacks room.
	const fromStart = isRtl ? box.right - width : box.left;
	const fromEnd = isRtl ? box.left : box.right - width;
	const fits = fromStart >= MARGIN && fromStart + width <= innerWidth - MARGIN;
	return { left: fits ? fromStart : fromEnd, top };
}

function atPoint(
	{ x, y }: Extract<Anchor, { of: Element }>,
	width: number,
	height: number,
	isRtl: boolean,
) {
	const wanted = isRtl ? x - width : x;
	const fits = wanted >= MARGIN && wanted + width <= innerWidth - MARGIN;
	const left = fits ? wanted : isRtl ? x : x - width;
	const top = y + height <= innerHeight - MARGIN ? y : y - height;
	return { left, top };
}

function clamp(value: number, low: number, high: number): number {
	return Math.max(low, Math.min(value, high));
}
