/**
 * One chat's rows: which are held, which are mounted. Pure.
 *
 * What must hold: every row inside `ranges` is current as of the chat's rev,
 * and `ranges` never spans a seq that is not held. A row outside of them may
 * stay for a moment (so that nothing flickers) but is not trusted.
 */
import type { Message } from "@/api/wire.gen";
import type { Range, Timeline, Window } from "./types";

export const MAX_ROWS = 200;
/** Mounted of a chat that is read at its end: a few screens. The rows above are held, and come back on the way up. */
export const FOLLOWED_ROWS = 100;
export const PAGE = 20;

export const emptyTimeline: Timeline = {
	bySeq: new Map(),
	ranges: [],
	window: null,
	floor: null,
	generation: 0,
	isLoadingOlder: false,
	isLoadingNewer: false,
	isJumping: false,
	loadError: null,
	isStandIn: false,
};

/** Adds a stretch; touching ones become one. */
export function joinRange(ranges: readonly Range[], added: Range): readonly Range[] {
	let [from, to] = added;
	const kept: Range[] = [];
	for (const range of ranges) {
		if (range[1] + 1 < from || range[0] > to + 1) kept.push(range);
		else {
			from = Math.min(from, range[0]);
			to = Math.max(to, range[1]);
		}
	}
	kept.push([from, to]);
	return kept.sort((a, b) => a[0] - b[0]);
}

export function rangeAt(ranges: readonly Range[], seq: number): Range | null {
	return ranges.find(([from, to]) => from <= seq && seq <= to) ?? null;
}

/** The row as the timeline vouches for it or the screen shows it; one that merely lies here is none. */
export function shownRow(timeline: Timeline, seq: number, lastSeq: number): Message | null {
	const { window } = timeline;
	const isMounted = window !== null && seq >= window.from && seq <= (window.to ?? lastSeq);
	if (!isMounted && rangeAt(timeline.ranges, seq) === null) return null;
	return timeline.bySeq.get(seq) ?? null;
}

export function rowByClientId(timeline: Timeline, clientId: string): Message | null {
	for (const row of timeline.bySeq.values()) if (row.client_id === clientId) return row;
	return null;
}

/** The newer of two versions of a row; `rev` is the only judge. */
export function newer(held: Message | undefined, incoming: Message): Message {
	if (held === undefined || incoming.rev > held.rev) return incoming;
	return held;
}

/** Rows and the stretch they fill, if they fill one without a hole. */
export function addPage(timeline: Timeline, rows: readonly Message[]): Timeline {
	if (rows.length === 0) return timeline;
	const bySeq = new Map(timeline.bySeq);
	let ranges = timeline.ranges;
	for (const row of rows) {
		bySeq.set(row.seq, newer(bySeq.get(row.seq), row));
		ranges = joinRange(ranges, [row.seq, row.seq]);
	}
	return { ...timeline, bySeq, ranges };
}

/**
 * Keeps a newer version of a row. One that lies in no range is kept as well:
 * a page that is on its way may have been read before this change.
 */
export function changeRow(timeline: Timeline, row: Message): Timeline {
	const held = timeline.bySeq.get(row.seq);
	if (held !== undefined && held.rev >= row.rev) return timeline;
	return { ...timeline, bySeq: new Map(timeline.bySeq).set(row.seq, row) };
}

/**
 * Nothing held is trusted any more, nor any page that is on its way; what is
 * mounted stays until it is fetched again.
 */
export function distrust(timeline: Timeline): Timeline {
	const window = timeline.window;
	const bySeq = new Map<number, Message>();
	if (window !== null) {
		for (const [seq, row] of timeline.bySeq) {
			if (seq >= window.from && seq <= (window.to ?? Infinity)) bySeq.set(seq, row);
		}
	}
	return { ...timeline, bySeq, ranges: [], generation: timeline.generation + 1 };
}

/** True when every mounted row is held and current. */
export function isWindowCovered(timeline: Timeline, lastSeq: number): boolean {
	const window = timeline.window;
	if (window === null) return false;
	const to = window.to ?? lastSeq;
	if (to < window.from) return true;
	const range = rangeAt(timeline.ranges, to);
	return range !== null && range[0] <= window.from;
}

/** Moves the upper edge to `from`, letting go of rows at the bottom beyond the limit. */
export function growUp(window: Window, from: number, lastSeq: number): Window {
	const to = window.to ?? lastSeq;
	if (to - from + 1 <= MAX_ROWS) return { from, to: window.to };
	return { from, to: from + MAX_ROWS - 1 };
}

/** Moves the lower edge to `to`, letting go of rows at the top beyond the limit. */
export function growDown(window: Window, to: number, lastSeq: number): Window {
	const from = Math.max(window.from, to - MAX_ROWS + 1);
	return { from, to: to >= lastSeq ? null : to };
}

const KEPT_ROWS = 100;

/**
 * A chat keeps its newest rows, and while somebody looks at it those that are
 * mounted with some around them: a day of messages costs no more than an hour
 * of them, also for one who reads further back meanwhile.
 */
export function slim(timeline: Timeline, lastSeq: number): Timeline {
	const { window } = timeline;
	const limit = window === null ? 3 : window.to === null ? 6 : 10;
	if (timeline.bySeq.size <= limit * KEPT_ROWS) return timeline;
	const kept = keptStretches(window, lastSeq);
	const isKept = (seq: number) => rangeAt(kept, seq) !== null;
	const bySeq = new Map([...timeline.bySeq].filter(([seq]) => isKept(seq)));
	const ranges = timeline.ranges.flatMap(([from, to]) =>
		kept.map(([a, b]): Range => [Math.max(a, from), Math.min(b, to)]).filter(([a, b]) => a <= b),
	);
	return { ...timeline, bySeq, ranges, generation: timeline.generation + 1 };
}

function keptStretches(window: Window | null, lastSeq: number): readonly Range[] {
	const newest: Range = [lastSeq + 1 - KEPT_ROWS, lastSeq];
	if (window === null) return [newest];
	const mounted: Range = [window.from - KEPT_ROWS, (window.to ?? lastSeq) + KEPT_ROWS];
	return joinRange([newest], mounted);
}
