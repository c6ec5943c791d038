/**
 * The list of changes on their way. Kept sorted, so that the order of sending
 * and the order of the pending rows are one.
 */
import { timelineOf } from "../state";
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

/** Entries whose effect the timeline shows by now, or has no row to show it on. */
export function settled(state: State, chat: string): readonly OutboxEntry[] {
	const held = state.chats.get(chat);
	if (held === undefined) return [];
	const rows = timelineOf(state, chat).bySeq;
	return state.outbox.filter((entry) => {
		if (entry.chat !== chat || entry.stored === null) return false;
		if (entry.kind !== "delete") return entry.stored.rev <= held.rev;
		// The answer to a delete names no rev: the tombstone itself is waited for.
		const row = rows.get(entry.stored.seq);
		return row === undefined ? entry.stored.seq <= held.seq : row.deleted_at !== null;
	});
}
