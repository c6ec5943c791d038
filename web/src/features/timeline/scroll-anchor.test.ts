import { describe, expect, it } from "vitest";
import { isAtEnd, restoreAnchor, type Scroller, takeAnchor } from "./scroll-anchor";

/** Rows of given heights in a window of 300 px: what the anchor needs of a browser. */
function scrollerOf(rows: [key: string, height: number][], scrollTop: number): Scroller {
	const tops = new Map<string, number>();
	let height = 0;
	for (const [key, rowHeight] of rows) {
		tops.set(key, height);
		height += rowHeight;
	}
	return {
		scrollTop,
		scrollHeight: height,
		clientHeight: 300,
		visibleRows(atMost) {
			return rows
				.filter(([key, rowHeight]) => (tops.get(key) ?? 0) + rowHeight > this.scrollTop)
				.slice(0, atMost)
				.map(([key]) => ({ key, offset: (tops.get(key) ?? 0) - this.scrollTop }));
		},
		offsetOf(key) {
			const top = tops.get(key);
			return top === undefined ? null : top - this.scrollTop;
		},
	};
}

const rowsOf = (from: number, to: number, height = 40): [string, number][] =>
	Array.from({ length: to - from + 1 }, (_, index) => [`m${from + index}`, height]);

describe("the reader's place", () => {
	it("stays when older rows come in above", () => {
		const before = scrollerOf(rowsOf(21, 60), 410);
		const anchor = takeAnchor(before, true);
		const after = scrollerOf([...rowsOf(1, 20, 73), ...rowsOf(21, 60)], 410);
		restoreAnchor(after, anchor);
		expect(after.offsetOf("m32")).toBe(before.offsetOf("m32"));
	});

	it("stays when rows above change height and rows below come and go", () => {
		const before = scrollerOf(rowsOf(1, 60), 800);
		const anchor = takeAnchor(before, true);
		const after = scrollerOf([...rowsOf(1, 10, 90), ...rowsOf(11, 55)], 800);
		restoreAnchor(after, anchor);
		expect(after.offsetOf("m21")).toBe(before.offsetOf("m21"));
	});

	it("falls to the next visible row when the first is gone", () => {
		const before = scrollerOf(rowsOf(1, 60), 800);
		const anchor = takeAnchor(before, true);
		const after = scrollerOf(rowsOf(23, 60), 800);
		restoreAnchor(after, anchor);
		expect(after.offsetOf("m23")).toBe(before.offsetOf("m23"));
	});

	it("follows the end from the end, with some slack", () => {
		const before = scrollerOf(rowsOf(1, 60), 60 * 40 - 300 - 48);
		expect(isAtEnd(before)).toBe(true);
		const after = scrollerOf(rowsOf(1, 61), before.scrollTop);
		restoreAnchor(after, takeAnchor(before, true));
		expect(after.scrollTop).toBe(after.scrollHeight);
	});

	it("does not follow the end of rows that are not the newest", () => {
		const before = scrollerOf(rowsOf(1, 60), 60 * 40 - 300);
		const after = scrollerOf(rowsOf(1, 80), before.scrollTop);
		restoreAnchor(after, takeAnchor(before, false));
		expect(after.scrollTop).toBe(before.scrollTop);
	});

	it("leaves sub-pixel differences to the browser", () => {
		const scroller = scrollerOf(rowsOf(1, 60), 800);
		restoreAnchor(scroller, { mode: "rows", rows: [{ key: "m21", offset: 0.4 }] });
		expect(scroller.scrollTop).toBe(800);
	});
});
