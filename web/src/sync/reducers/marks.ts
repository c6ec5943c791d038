/**
 * Read and delivered marks. They only grow, whoever tells of them and in
 * whatever order, and delivered is never behind read.
 */
import type { Member, Receipt } from "@/api/wire.gen";
import { withChat } from "../state";
import type { ChatEntry, State } from "../types";

export type Marks = { read_seq: number; read_n: number; delivered_seq: number };

export function raiseMember(member: Member, marks: Marks): Member {
	const read_seq = Math.max(member.read_seq, marks.read_seq);
	const read_n = Math.max(member.read_n, marks.read_n);
	const delivered_seq = Math.max(member.delivered_seq, marks.delivered_seq, read_seq);
	const isSame =
		read_seq === member.read_seq &&
		read_n === member.read_n &&
		delivered_seq === member.delivered_seq;
	return isSame ? member : { ...member, read_seq, read_n, delivered_seq };
}

/** Raises one member's marks; for `me` the chat's own copy follows. */
export function raiseMarks(
	entry: ChatEntry,
	account: string,
	marks: Marks,
	me: string | null,
): ChatEntry {
	let next = entry;
	const member = entry.members.get(account);
	const raised = member === undefined ? undefined : raiseMember(member, marks);
	if (raised !== undefined && raised !== member) {
		next = { ...next, members: new Map(next.members).set(account, raised) };
	}
	if (account !== me) return next;
	const read_seq = Math.max(entry.read_seq, marks.read_seq);
	const read_n = Math.max(entry.read_n, marks.read_n);
	if (read_seq === entry.read_seq && read_n === entry.read_n) return next;
	return { ...next, read_seq, read_n };
}

export function applyReceipt(state: State, receipt: Receipt): State {
	const entry = state.chats.get(receipt.chat);
	if (entry === undefined) return state;
	return withChat(state, raiseMarks(entry, receipt.account, receipt, state.me?.id ?? null));
}

/** The sum the server compares to tell whether our ticks are stale. */
export function marksOf(entry: ChatEntry): number {
	let sum = 0;
	for (const member of entry.members.values()) sum += member.read_seq + member.delivered_seq;
	return sum;
}
