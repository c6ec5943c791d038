/**
 * In which order what waits is sent. Pure.
 *
 * What must hold: within a chat it is the order in which it was asked for. But
 * what may be done already is asked for again before another tab's change comes
 * between; and a deletion goes before what is yet to be said, for what is to be
 * gone is read for as long as it stands.
 */
import { isOpen } from "./reducers/outbox";
import type { OutboxEntry } from "./types";

export function lineOf(outbox: readonly OutboxEntry[]): ReadonlySet<OutboxEntry> {
	const open = outbox.filter(isOpen);
	const tried = open.filter(({ attempts }) => attempts > 0);
	const deletions = open.filter(
		(entry) => entry.kind === "delete" && open.find((it) => isOfRowOf(it, entry)) === entry,
	);
	return new Set([...tried, ...deletions, ...open]);
}

/** Whether an entry sends the message that a change is for, or changes it too. */
function isOfRowOf(entry: OutboxEntry, { chat, target }: OutboxEntry): boolean {
	if (entry.chat !== chat || target === null) return false;
	const { seq, clientId } = target;
	const isHere = seq !== null && entry.target?.seq === seq;
	return isHere || (clientId !== null && [entry.id, entry.target?.clientId].includes(clientId));
}

/** Sent only to be deleted, it would be read in between. */
export function isTakenBack(
	{ id, kind, attempts }: OutboxEntry,
	outbox: readonly OutboxEntry[],
): boolean {
	if (kind !== "send" || attempts > 0) return false;
	return outbox.some((other) => other.kind === "delete" && other.target?.clientId === id);
}
