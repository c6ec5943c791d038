/**
 * Which of the rows that are held are to be mounted. Pure.
 */
import { growDown, growUp, PAGE, rangeAt } from "./timeline";
import type { ChatEntry, Timeline, Window } from "./types";

/** Rows around the place a jump goes to. */
export const AROUND = 40;

/** The rows held without a hole around `seq`, when at least `margin` (or all there are) lie on both sides. */
export function windowAround(
	timeline: Timeline,
	lastSeq: number,
	seq: number,
	margin: number,
): Window | null {
	const range = rangeAt(timeline.ranges, seq);
	if (range === null) return null;
	const floor = timeline.floor ?? 1;
	if (seq - range[0] < margin && range[0] > floor) return null;
	if (range[1] - seq < margin && range[1] < lastSeq) return null;
	const from = Math.max(range[0], seq - AROUND);
	const to = Math.min(range[1], seq + AROUND);
	return { from, to: to >= lastSeq ? null : to };
}

/** The newest rows held without a hole; a chat with nothing to show has an empty, complete window. */
export function latestWindow(timeline: Timeline, entry: ChatEntry): Window | null {
	if (entry.seq < Math.max(1, entry.first_seq)) return { from: entry.seq + 1, to: null };
	const range = rangeAt(timeline.ranges, entry.seq);
	if (range === null) return null;
	return { from: Math.max(range[0], entry.seq - AROUND + 1), to: null };
}

export function isEnough(window: Window, entry: ChatEntry): boolean {
	return entry.seq - window.from + 1 >= PAGE || window.from <= Math.max(1, entry.first_seq);
}

/** Another page of held rows above the window. */
export function showOlder(timeline: Timeline, entry: ChatEntry): Timeline {
	const { window, ranges } = timeline;
	const range = window === null ? null : rangeAt(ranges, window.from - 1);
	if (window === null || range === null) return timeline;
	const from = Math.max(range[0], window.from - PAGE);
	return { ...timeline, window: growUp(window, from, entry.seq) };
}

/** Another page of held rows below the window. */
export function showNewer(timeline: Timeline, entry: ChatEntry): Timeline {
	const { window, ranges } = timeline;
	if (window === null || window.to === null) return timeline;
	const range = rangeAt(ranges, window.to + 1);
	const to = range === null ? window.to : Math.min(range[1], window.to + PAGE);
	return { ...timeline, window: growDown(window, to, entry.seq) };
}
