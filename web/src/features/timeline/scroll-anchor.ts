/**
 * Keeps the reader's place while rows come and go above, below and inside.
 *
 * A few visible rows are remembered by key with their distance from the top.
 * Two modes: `end` follows the newest row; in `rows` whichever of those
 * remembered is still there afterwards is put back to that distance. Heights
 * alone would not do: they change below the reader as well.
 */

/** How near the end still counts as the end. Never equality: pixels may be fractions. */
export const END_SLACK_PX = 48;

const REMEMBERED = 5;

type SeenRow = { readonly key: string; readonly offset: number };

export type Anchor = { readonly mode: "end" | "rows"; readonly rows: readonly SeenRow[] };

/** The few measures of a scroller this file needs, so that it can be tested without a browser. */
export type Scroller = {
	scrollTop: number;
	readonly scrollHeight: number;
	readonly clientHeight: number;
	/** Visible rows from the top on, with their distance from the scroller's top edge. */
	visibleRows(atMost: number): SeenRow[];
	offsetOf(key: string): number | null;
};

export function isAtEnd(scroller: Scroller): boolean {
	return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= END_SLACK_PX;
}

/** Where the reader is now. `canFollow` is false while newer rows are not loaded. */
export function takeAnchor(scroller: Scroller, canFollow: boolean): Anchor {
	const mode = canFollow && isAtEnd(scroller) ? "end" : "rows";
	return { mode, rows: scroller.visibleRows(REMEMBERED) };
}

/** Below half a pixel a write would only fight the browser's rounding. */
const SLIP_PX = 0.5;

/** Puts the reader back after the rows changed. */
export function restoreAnchor(scroller: Scroller, anchor: Anchor): void {
	if (anchor.mode === "end") {
		scroller.scrollTop = scroller.scrollHeight;
		return;
	}
	const slip = slipOf(scroller, anchor) ?? 0;
	if (Math.abs(slip) > SLIP_PX) scroller.scrollTop += slip;
}

/** How far from its place the first of the rows is that is there; null when none is. */
export function slipOf(scroller: Scroller, { rows }: Anchor): number | null {
	for (const { key, offset } of rows) {
		const now = scroller.offsetOf(key);
		if (now !== null) return now - offset;
	}
	return null;
}
