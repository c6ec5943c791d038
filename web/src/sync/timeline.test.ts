import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "@/api/wire.gen";
import { messageAt } from "../../tests/model/rows";
import {
	addPage,
	changeRow,
	distrust,
	emptyTimeline,
	growDown,
	growUp,
	joinRange,
	MAX_ROWS,
	rangeAt,
	slim,
} from "./timeline";
import type { Range } from "./types";

const row = (seq: number, rev = seq, body = `${rev}`): Message => messageAt(seq, { rev, body });

const stretch = fc
	.tuple(fc.integer({ min: 1, max: 60 }), fc.nat({ max: 12 }))
	.map(([from, more]): Range => [from, from + more]);

describe("ranges", () => {
	it("are the set of what was added: sorted, disjoint, never touching", () => {
		fc.assert(
			fc.property(fc.array(stretch), (added) => {
				const ranges = added.reduce<readonly Range[]>(joinRange, []);
				const wanted = new Set(added.flatMap(([from, to]) => span(from, to)));
				expect(new Set(ranges.flatMap(([from, to]) => span(from, to)))).toEqual(wanted);
				for (const [i, range] of ranges.entries()) {
					const next = ranges[i + 1];
					if (next !== undefined) expect(next[0]).toBeGreaterThan(range[1] + 1);
				}
			}),
		);
	});
});

function span(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

describe("rows", () => {
	it("end as their newest version, in whatever order the versions come", () => {
		const version = fc.tuple(
			fc.integer({ min: 1, max: 5 }),
			fc.integer({ min: 1, max: 9 }),
			fc.boolean(),
		);
		fc.assert(
			fc.property(fc.array(version), (versions) => {
				let timeline = emptyTimeline;
				for (const [seq, rev, isPage] of versions) {
					timeline = isPage
						? addPage(timeline, [row(seq, rev)])
						: changeRow(timeline, row(seq, rev));
				}
				for (const [seq] of versions) {
					const newest = Math.max(...versions.filter(([s]) => s === seq).map(([, rev]) => rev));
					expect(timeline.bySeq.get(seq)?.rev).toBe(newest);
				}
			}),
		);
	});

	it("keeps a change of a row that no page has brought yet, without trusting it", () => {
		const changed = changeRow(emptyTimeline, row(5, 50));
		expect(rangeAt(changed.ranges, 5)).toBeNull();
		const paged = addPage(changed, [row(4, 4), row(5, 5)]);
		expect(paged.bySeq.get(5)?.rev).toBe(50);
		expect(paged.ranges).toEqual([[4, 5]]);
	});

	it("keeps what is mounted, and only that, when trust is lost", () => {
		const held = addPage(
			emptyTimeline,
			span(1, 50).map((seq) => row(seq)),
		);
		const left = distrust({ ...held, window: { from: 10, to: 20 } });
		expect([...left.bySeq.keys()]).toEqual(span(10, 20));
		expect(left).toMatchObject({ ranges: [], generation: 1 });
	});

	it("changes nothing, not even identity, when an old version comes", () => {
		const held = addPage(emptyTimeline, [row(1, 9)]);
		expect(changeRow(held, row(1, 9))).toBe(held);
		expect(changeRow(held, row(1, 3))).toBe(held);
	});
});

describe("the mounted window", () => {
	it("never holds more rows than it may, wherever it grows", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 20 }))), (moves) => {
				const lastSeq = 2_000;
				let window: { from: number; to: number | null } = { from: 1_981, to: null };
				for (const [isUp, by] of moves) {
					const to = window.to ?? lastSeq;
					window = isUp
						? growUp(window, Math.max(1, window.from - by), lastSeq)
						: growDown(window, Math.min(lastSeq, to + by), lastSeq);
					expect((window.to ?? lastSeq) - window.from + 1).toBeLessThanOrEqual(MAX_ROWS);
				}
			}),
		);
	});

	it("follows again when it reaches the newest row", () => {
		expect(growDown({ from: 50, to: 90 }, 100, 100)).toEqual({ from: 50, to: null });
		expect(growDown({ from: 50, to: 90 }, 99, 100).to).toBe(99);
	});
});

describe("rows that nobody needs", () => {
	const filled = (to: number) =>
		addPage(
			emptyTimeline,
			span(1, to).map((seq) => row(seq)),
		);

	it("go, except the newest, the mounted and those around them", () => {
		const back = slim({ ...filled(5_000), window: { from: 1_001, to: 1_200 } }, 5_000);
		expect(back.ranges).toEqual([
			[901, 1_300],
			[4_901, 5_000],
		]);
		expect([...back.bySeq.keys()]).toEqual([...span(901, 1_300), ...span(4_901, 5_000)]);
		const following = slim({ ...filled(5_000), window: { from: 4_801, to: null } }, 5_000);
		expect(following.ranges).toEqual([[4_701, 5_000]]);
		expect(slim(filled(5_000), 5_000).ranges).toEqual([[4_901, 5_000]]);
	});

	it("stay while there are few", () => {
		const few = { ...filled(900), window: { from: 1, to: 200 } };
		expect(slim(few, 900)).toBe(few);
	});
});
