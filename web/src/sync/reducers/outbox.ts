/**
 * The list of changes on their way. Kept sorted, so that the order of sending
 * and the order of the pending rows are one.
 */
import type { Message } from "@/api/wire.gen";
import { timelineOf } from "../state";
import { shownRow } from "../timeline";
import type { OutboxEntry, State, Stored } from "../types";

function byPlace(a: OutboxEntry, b: OutboxEntry): number {
	return a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** True while it is to be sent. */
export function isOpen(entry: OutboxEntry): boolean {
	return entry.state === "waiting" || entry.state === "sending";
}

/** The later of two copies of an entry: what the server holds is not waiting again. */
export function isNewer(entry: OutboxEntry, held: OutboxEntry): boolean {
	if ((entry.stored === null) !== (held.stored === null)) return entry.stored !== null;
	return entry.version > held.version;
}

export function mergeEntry(state: State, entry: OutboxEntry): State {
	const held = state.outbox.find((other) => other.id === entry.id);
	return held === undefined || isNewer(entry, held) ? putEntry(state, entry) : state;
}

function putEntry(state: State, entry: OutboxEntry): State {
	const others = state.outbox.filter((other) => other.id !== entry.id);
	return { ...state, outbox: [...others, entry].sort(byPlace) };
}

export function dropEntry(state: State, id: string): State {
	if (!state.outbox.some((entry) => entry.id === id)) return state;
	return { ...state, outbox: state.outbox.filter((entry) => entry.id !== id) };
}

/** Entries the server holds, whose effect the rows show by now or have no place to show. */
export function settled(state: State): readonly OutboxEntry[] {
	return state.outbox.filter((entry) => entry.stored !== null && isSettled(state, entry));
}

/** Refused changes of messages that are hidden by now, maybe by another device: nobody can see them fail. */
export function refusedOfHidden({ chats, epoch, outbox }: State): readonly OutboxEntry[] {
	return outbox.filter((entry) => {
		if (entry.state !== "failed" || entry.epoch !== epoch) return false;
		const upTo = chats.get(entry.chat)?.mine.hidden_upto_seq ?? 0;
		return entry.target !== null && (entry.target.seq ?? upTo + 1) <= upTo;
	});
}

/**
 * Edits that asked for what a row says: they are done, though the answer may be
 * lost. Asked for again once another device has written more, they would be
 * refused, and shown as not done.
 */
export function editsDoneBy(
	{ chat, seq, rev, body }: Message,
	{ epoch, outbox }: State,
): readonly OutboxEntry[] {
	return outbox.filter((entry) => {
		const isAsked = entry.kind === "edit" && isOpen(entry) && entry.attempts > 0;
		const isHere = entry.epoch === epoch && entry.chat === chat && entry.target?.seq === seq;
		return isAsked && isHere && entry.body === body && rev > entry.seenRev;
	});
}

function isSettled(state: State, { kind, chat, epoch, stored }: OutboxEntry): boolean {
	const held = state.chats.get(chat);
	if (held === undefined || stored === null || epoch !== state.epoch) return true;
	if (kind !== "delete") return stored.rev <= held.rev;
	// The answer to a delete names no rev: the tombstone itself is waited for,
	// where a row would show it.
	const row = shownRow(timelineOf(state, chat), stored.seq, held.seq);
	return row === null ? stored.seq <= held.seq : row.deleted_at !== null;
}

/** What an answer says; a repeated send is answered with the row as it is by then, whoever changed it. */
export function toStored(row: Message, kind: OutboxEntry["kind"] = "send"): Stored {
	const { seq, rev } = row;
	return { seq, rev, ownRev: kind === "send" ? sentRev(row) : rev };
}

/** The rev of a row as it was sent; 0 once it was edited. */
export function sentRev(row: Message | null): number {
	return row?.edited_at === null ? row.rev : 0;
}
