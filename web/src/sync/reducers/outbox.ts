/**
 * The list of changes on their way. Kept sorted, so that the order of sending
 * and the order of the pending rows are one.
 */
import type { Message } from "@/api/wire.gen";
import { timelineOf, withTimeline } from "../state";
import type { OutboxEntry, State } from "../types";

export function byPlace(a: OutboxEntry, b: OutboxEntry): number {
	return a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export function putEntry(state: State, entry: OutboxEntry): State {
	const others = state.outbox.filter((other) => other.id !== entry.id);
	return { ...state, outbox: [...others, entry].sort(byPlace) };
}

export function dropEntry(state: State, id: string): State {
	if (!state.outbox.some((entry) => entry.id === id)) return state;
	return { ...state, outbox: state.outbox.filter((entry) => entry.id !== id) };
}

/** Entries whose effect the timeline shows by now. */
export function settled(state: State, chat: string): readonly OutboxEntry[] {
	const rev = state.chats.get(chat)?.rev;
	if (rev === undefined) return [];
	return state.outbox.filter(
		(entry) => entry.chat === chat && entry.stored !== null && entry.stored.rev <= rev,
	);
}

/**
 * Shows a delete that the server confirmed without telling its rev. A
 * tombstone is final, so laying it over an older version of the row is safe.
 */
export function buryRow(state: State, chat: string, seq: number, now: number): State {
	const timeline = timelineOf(state, chat);
	const row = timeline.bySeq.get(seq);
	if (row === undefined || row.deleted_at !== null) return state;
	const stub: Message = { ...row, body: "", attachments: [], reactions: [], deleted_at: now };
	return withTimeline(state, chat, { ...timeline, bySeq: new Map(timeline.bySeq).set(seq, stub) });
}
