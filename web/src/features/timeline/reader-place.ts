import {
	type Anchor,
	END_SLACK_PX,
	isAtEnd,
	restoreAnchor,
	type Scroller,
	slipOf,
	takeAnchor,
} from "./scroll-anchor";

/**
 * Where the reader means to be: at the end, or at the rows in view.
 *
 * What must hold: only the reader's own move or a jump changes it. A scroll
 * event proves neither. The browser also sends one for what a new size, new
 * rows or a write of ours did to the position, a frame late, when the size may
 * be another one again. So a move is believed only in a frame that is as it
 * was last seen; in any other the reader is put back first.
 */
export type Place = { readonly anchor: Anchor; readonly seen: Frame };

type Frame = { readonly top: number; readonly height: number; readonly content: number };

/** Below this the browser is only rounding. */
const ROUNDING_PX = 1;

function look(scroller: Scroller): Frame {
	const { scrollTop, clientHeight, scrollHeight } = scroller;
	return { top: scrollTop, height: clientHeight, content: scrollHeight };
}

/** The place as it is now, whatever was meant before. `canFollow` is false while newer rows are not loaded. */
export function placeAt(scroller: Scroller, canFollow: boolean): Place {
	return { anchor: takeAnchor(scroller, canFollow), seen: look(scroller) };
}

/** The end is meant, though its rows may only be on their way. */
export function goToEnd(scroller: Scroller): Place {
	restoreAnchor(scroller, { mode: "end", rows: [] });
	return { anchor: { ...takeAnchor(scroller, false), mode: "end" }, seen: look(scroller) };
}

/** The place one left before; null when none of its rows is there. */
export function returnTo(anchor: Anchor, scroller: Scroller, canFollow: boolean): Place | null {
	if (slipOf(scroller, anchor) === null) return null;
	return keepPlaceAmong({ anchor, seen: look(scroller) }, scroller, canFollow);
}

/** Puts the reader back after a size or the rows changed. */
export function keepPlace({ anchor }: Place, scroller: Scroller, canFollow: boolean): Place {
	restoreAnchor(scroller, anchor);
	// Cut off at the last row that is loaded: the place is still meant, and is reached with the next ones.
	const isShort = !canFollow && Math.abs(slipOf(scroller, anchor) ?? 0) > ROUNDING_PX;
	if (isShort && anchor.mode === "rows") return { anchor, seen: look(scroller) };
	// Other rows may be in view by now, but the end is reached only by going there.
	const mode = canFollow ? anchor.mode : "rows";
	return { anchor: { ...takeAnchor(scroller, false), mode }, seen: look(scroller) };
}

/** The place after a scroll event. */
export function hearScroll(place: Place, scroller: Scroller, canFollow: boolean): Place {
	const { top, height, content } = look(scroller);
	const { seen } = place;
	if (height !== seen.height || content !== seen.content)
		return keepPlace(place, scroller, canFollow);
	if (Math.abs(top - seen.top) < ROUNDING_PX) return place;
	return placeAt(scroller, canFollow);
}

/** Whether what was heard was the reader's own move. */
export function isMove({ seen: before }: Place, { seen: now }: Place): boolean {
	const isSameFrame = before.height === now.height && before.content === now.content;
	return isSameFrame && before.top !== now.top;
}

/**
 * Other rows are mounted: the last of them may have come to be the newest
 * under the reader, who may have moved in this frame without a word of it yet.
 */
export function keepPlaceAmong(place: Place, scroller: Scroller, canFollow: boolean): Place {
	const kept = keepPlace(withUnheardMove(place, scroller), scroller, canFollow);
	if (!canFollow || !isAtEnd(scroller)) return kept;
	return { ...kept, anchor: { ...kept.anchor, mode: "end" } };
}

/**
 * The place with a move whose event is still to come. Rows alone leave the
 * position as it is, but for cutting it off at the end, in a frame that kept
 * its size: what differs otherwise is the reader's doing.
 */
function withUnheardMove(place: Place, scroller: Scroller): Place {
	const { anchor, seen } = place;
	const { top, height, content } = look(scroller);
	const moved = top - seen.top;
	const isCut = moved < 0 && top + height >= content - ROUNDING_PX;
	const isMove = Math.abs(moved) >= ROUNDING_PX && height === seen.height && !isCut;
	const isStillEnd = anchor.mode === "end" && seen.content - top - height <= END_SLACK_PX;
	if (!isMove || isStillEnd) return place;
	const rows = anchor.rows.map(({ key, offset }) => ({ key, offset: offset - moved }));
	return { anchor: { mode: "rows", rows }, seen };
}
