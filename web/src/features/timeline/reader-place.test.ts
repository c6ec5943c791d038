import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	goToEnd,
	hearScroll,
	isMove,
	keepPlace,
	keepPlaceAmong,
	placeAt,
	returnTo,
} from "./reader-place";
import { isAtEnd, type Scroller } from "./scroll-anchor";

const ROW = 40;

/** Rows of one height in a frame that may be made larger and smaller, as a browser would. */
function createFrame(rows: number, height: number) {
	let top = 0;
	let [first, count, clientHeight] = [0, rows, height];
	const limit = () => Math.max(0, count * ROW - clientHeight);
	const offsetOf = (key: string) => {
		const index = Number(key) - first;
		return index >= 0 && index < count ? index * ROW - top : null;
	};
	const scroller: Scroller = {
		get scrollTop() {
			return top;
		},
		set scrollTop(value) {
			top = Math.min(limit(), Math.max(0, value));
		},
		get scrollHeight() {
			return count * ROW;
		},
		get clientHeight() {
			return clientHeight;
		},
		visibleRows(atMost) {
			const seen = first + Math.floor(top / ROW);
			const keys = Array.from({ length: atMost }, (_, index) => String(seen + index));
			return keys.flatMap((key) => {
				const offset = offsetOf(key);
				return offset === null ? [] : [{ key, offset }];
			});
		},
		offsetOf,
	};
	return {
		scroller,
		resize(to: number) {
			clientHeight = to;
			top = Math.min(limit(), top);
		},
		append(more: number) {
			count += more;
			top = Math.min(limit(), top);
		},
		prepend(more: number) {
			first -= more;
			count += more;
			top = Math.min(limit(), top);
		},
	};
}

const height = fc.integer({ min: 100, max: 900 });

/** Back among so few rows that the place lies below the last of them. */
function returnToFew() {
	const left = createFrame(60, 300);
	left.scroller.scrollTop = 1_000;
	const { anchor } = placeAt(left.scroller, false);
	const few = createFrame(28, 300);
	const place = returnTo(anchor, few.scroller, false);
	if (place === null) throw new Error("the rows are there");
	return { ...few, place };
}

describe("the reader's place", () => {
	it("at the end outlives any sizes, whichever event tells of them first", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(height, fc.boolean())), (sizes) => {
				const { scroller, resize } = createFrame(60, 700);
				let place = goToEnd(scroller);
				for (const [size, isHeardFirst] of sizes) {
					resize(size);
					// The scroll event of the last write comes before the page hears of its size.
					place = (isHeardFirst ? hearScroll : keepPlace)(place, scroller, true);
					expect(place.anchor.mode).toBe("end");
					expect(isAtEnd(scroller)).toBe(true);
				}
			}),
		);
	});

	it("among the rows outlives them too, and new rows below", () => {
		fc.assert(
			fc.property(fc.array(height), fc.integer({ min: 0, max: 30 }), (sizes, more) => {
				const { scroller, resize, append } = createFrame(60, 300);
				scroller.scrollTop = 410;
				let place = placeAt(scroller, true);
				append(more);
				place = keepPlaceAmong(place, scroller, true);
				for (const size of sizes) {
					resize(size);
					place = hearScroll(place, scroller, true);
				}
				expect(place.anchor.mode).toBe("rows");
				expect(scroller.offsetOf("10")).toBe(-10);
			}),
		);
	});

	it("moves with a reader of whom no event has told when other rows come", () => {
		const count = fc.integer({ min: 0, max: 30 });
		const to = fc.integer({ min: 0, max: 2_000 });
		fc.assert(
			fc.property(to, count, count, (to, above, below) => {
				const { scroller, append, prepend } = createFrame(60, 300);
				scroller.scrollTop = 1_550;
				const place = placeAt(scroller, false);
				scroller.scrollTop = to;
				prepend(above);
				append(below);
				const kept = keepPlaceAmong(place, scroller, false);
				expect(scroller.offsetOf("10")).toBe(400 - to);
				expect(hearScroll(kept, scroller, false)).toEqual(kept);
			}),
		);
	});

	it("leaves the end with a reader of whom no event has told when other rows come", () => {
		const count = fc.integer({ min: 0, max: 30 });
		const to = fc.integer({ min: 0, max: 2_100 });
		fc.assert(
			fc.property(to, count, count, (to, above, below) => {
				const { scroller, append, prepend } = createFrame(60, 300);
				const place = goToEnd(scroller);
				scroller.scrollTop = to;
				const isLeft = !isAtEnd(scroller);
				prepend(above);
				append(below);
				const kept = keepPlaceAmong(place, scroller, true);
				expect(isAtEnd(scroller)).toBe(!isLeft);
				if (isLeft) expect(scroller.offsetOf("40")).toBe(1_600 - to);
				expect(hearScroll(kept, scroller, true)).toEqual(kept);
			}),
		);
	});

	it("is not taken for moved where rows above go and the position is cut off", () => {
		const { scroller, prepend } = createFrame(60, 300);
		scroller.scrollTop = 1_900;
		const place = placeAt(scroller, false);
		prepend(-10);
		expect(scroller.scrollTop).toBe(1_700);
		keepPlaceAmong(place, scroller, false);
		expect(scroller.offsetOf("50")).toBe(100);
	});

	it("is another one once the reader moves, and the end again when they come back to it", () => {
		const { scroller } = createFrame(60, 300);
		let place = goToEnd(scroller);
		scroller.scrollTop -= 400;
		place = hearScroll(place, scroller, true);
		expect(place.anchor.mode).toBe("rows");
		scroller.scrollTop += 400;
		place = hearScroll(place, scroller, true);
		expect(place.anchor.mode).toBe("end");
	});

	it("is not the end while newer rows are not loaded, and is when the last of them is", () => {
		const { scroller } = createFrame(60, 300);
		scroller.scrollTop = scroller.scrollHeight;
		const place = placeAt(scroller, false);
		expect(place.anchor.mode).toBe("rows");
		expect(keepPlaceAmong(place, scroller, false).anchor.mode).toBe("rows");
		expect(keepPlaceAmong(place, scroller, true).anchor.mode).toBe("end");
	});

	it("is found again among other rows than one left it in", () => {
		const count = fc.integer({ min: 0, max: 60 });
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 2_000 }), count, count, (top, above, below) => {
				const left = createFrame(60, 300);
				left.scroller.scrollTop = top;
				const { anchor } = placeAt(left.scroller, false);
				const { scroller, prepend, append } = createFrame(60, 300);
				prepend(above);
				append(below);
				const place = returnTo(anchor, scroller, true);
				expect(scroller.offsetOf("30")).toBe(left.scroller.offsetOf("30"));
				expect(place?.anchor.mode).toBe(isAtEnd(scroller) ? "end" : "rows");
			}),
		);
	});

	it("is meant while the rows below it are on their way, and reached with them", () => {
		const { scroller, append, place } = returnToFew();
		expect(scroller.offsetOf("25")).toBe(180);
		const heard = hearScroll(place, scroller, false);
		append(20);
		keepPlaceAmong(heard, scroller, false);
		expect(scroller.offsetOf("25")).toBe(0);
	});

	it("is not meant any more once the reader moved on from where it was cut off", () => {
		const { scroller, append, place } = returnToFew();
		scroller.scrollTop -= 200;
		const moved = hearScroll(place, scroller, false);
		append(20);
		keepPlaceAmong(moved, scroller, false);
		expect(scroller.offsetOf("25")).toBe(380);
	});

	it("is not found where none of its rows is", () => {
		const left = createFrame(60, 300);
		const { anchor } = placeAt(left.scroller, false);
		const { scroller, prepend } = createFrame(60, 300);
		prepend(-40);
		expect(returnTo(anchor, scroller, false)).toBeNull();
		expect(scroller.scrollTop).toBe(0);
	});
});

describe("whose move it was", () => {
	it("is the reader's where only the position differs", () => {
		const { scroller } = createFrame(50, 400);
		const place = placeAt(scroller, true);
		scroller.scrollTop = 300;
		expect(isMove(place, hearScroll(place, scroller, true))).toBe(true);
	});

	it("is nobody's where nothing differs, or the frame does", () => {
		const { scroller, resize, append } = createFrame(50, 400);
		const place = goToEnd(scroller);
		expect(isMove(place, hearScroll(place, scroller, true))).toBe(false);
		resize(300);
		expect(isMove(place, hearScroll(place, scroller, true))).toBe(false);
		append(3);
		expect(isMove(place, hearScroll(place, scroller, true))).toBe(false);
	});
});
