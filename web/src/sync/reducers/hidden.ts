/**
 * What one has deleted for oneself: nothing of it is held, shown or waits, by
 * whatever way it comes. Every step that changes a chat or its rows ends here.
 */
import { timelineOf, withChat, withTimeline } from "../state";
import type { ChatEntry, State, Timeline, Window } from "../types";

/** The chat without what its owner has hidden; the same state where nothing of it is here. */
export function withoutHidden(state: State, chat: string): State {
	const entry = state.chats.get(chat);
	const upTo = entry?.mine.hidden_upto_seq ?? 0;
	if (entry === undefined || upTo === 0) return state;
	const timeline = timelineOf(state, chat);
	const cut = cutEntry(entry, timeline, upTo);
	const next = withChat(state, cut);
	return state.timelines.has(chat)
		? withTimeline(next, chat, cutTimeline(timeline, cut, upTo))
		: next;
}

/**
 * Whoever hides has done with it, so it counts as read here, but for the others
 * it is not: the member's mark stays.
 */
function cutEntry(held: ChatEntry, { bySeq }: Timeline, upTo: number): ChatEntry {
	// What the server has hidden is there, though no row of it ever comes.
	const seq = Math.max(held.seq, held.heldMine.hidden_upto_seq);
	const n = Math.max(held.n, held.read_n);
	// Where it is not known, the receipt that comes with it tells.
	const hiddenN = upTo >= held.seq ? held.n : bySeq.get(upTo)?.n;
	const read = hiddenN !== undefined && {
		read_seq: Math.max(held.read_seq, upTo),
		read_n: Math.max(held.read_n, hiddenN),
	};
	const first_seq = Math.max(held.first_seq, upTo + 1);
	const isPreviewGone = held.last_message !== null && held.last_message.seq <= upTo;
	const last_message = isPreviewGone ? null : held.last_message;
	const next = { ...held, seq, n, first_seq, last_message, ...read };
	return isSame(held, next) ? held : next;
}

function cutTimeline(held: Timeline, { seq }: ChatEntry, upTo: number): Timeline {
	const isCut = [...held.bySeq.keys()].some((place) => place <= upTo);
	const bySeq = isCut ? new Map([...held.bySeq].filter(([place]) => place > upTo)) : held.bySeq;
	const hasRange = held.ranges.some(([from]) => from <= upTo);
	const ranges = hasRange
		? held.ranges
				.filter(([, to]) => to > upTo)
				.map(([from, to]) => [Math.max(from, upTo + 1), to] as const)
		: held.ranges;
	const floor = held.floor === null ? null : Math.max(held.floor, upTo + 1);
	const next = { ...held, bySeq, ranges, floor, window: cutWindow(held.window, seq, upTo) };
	return isSame(held, next) ? held : next;
}

/** Where nothing of the window is left and more is there, the reader is led to it anew. */
function cutWindow(window: Window | null, lastSeq: number, upTo: number): Window | null {
	if (window === null || window.from > upTo) return window;
	const isEmptied = window.to !== null && window.to <= upTo;
	if (isEmptied) return upTo < lastSeq ? null : { from: upTo + 1, to: null };
	return { from: upTo + 1, to: window.to };
}

function isSame<T extends object>(held: T, next: T): boolean {
	return (Object.keys(next) as (keyof T)[]).every((key) => Object.is(held[key], next[key]));
}
