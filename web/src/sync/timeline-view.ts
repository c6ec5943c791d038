/**
 * A chat's rows as the screen shows them: the mounted ones, with the person's
 * own changes that are still on their way laid over, and below them what was
 * not stored yet. Pure.
 */
import type { Message } from "@/api/wire.gen";
import { withReaction } from "./reactions";
import { weakly } from "./remember";
import type { ChatEntry, OutboxEntry, Row, Timeline, TimelineView } from "./types";

/** Of a chat that is not here. */
export const NO_VIEW: TimelineView = {
	rows: [],
	isLoaded: false,
	hasOlder: false,
	hasNewer: false,
	isFollowing: false,
	isLoadingOlder: false,
	isLoadingNewer: false,
	isJumping: false,
	loadError: null,
};

export function toView(
	timeline: Timeline,
	chat: ChatEntry,
	outbox: readonly OutboxEntry[],
	me: string,
): TimelineView {
	const window = timeline.window;
	const to = window?.to ?? chat.seq;
	const isFollowing = window !== null && window.to === null;
	const rows: Row[] = [];
	const shown = new Set<string>();
	for (let seq = window?.from ?? to + 1; seq <= to; seq++) {
		const message = timeline.bySeq.get(seq);
		if (message === undefined) continue;
		if (message.client_id !== null) shown.add(message.client_id);
		rows.push(toRow(message, outbox, me));
	}
	if (isFollowing || window === null) {
		for (const entry of outbox) {
			if (entry.kind === "send" && !shown.has(entry.id)) rows.push(toPendingRow(entry, outbox, me));
		}
	}
	const floor = timeline.floor ?? Math.max(1, chat.first_seq);
	return {
		rows,
		isLoaded: window !== null,
		hasOlder: window !== null && window.from > floor,
		hasNewer: window !== null && window.to !== null && window.to < chat.seq,
		isFollowing,
		isLoadingOlder: timeline.isLoadingOlder,
		isLoadingNewer: timeline.isLoadingNewer,
		isJumping: timeline.isJumping,
		loadError: timeline.loadError,
	};
}

const storedRow = weakly(
	(message: Message): Row => ({
		key: message.client_id ?? `${message.chat}.${message.seq}`,
		message,
		state: "stored",
		pending: null,
	}),
);

/** A stored message with the person's own pending changes laid over it. */
function toRow(message: Message, outbox: readonly OutboxEntry[], me: string): Row {
	const changes = changesFor(outbox, message.seq, message.client_id);
	if (changes.length === 0) return storedRow(message);
	const change = lastOfWords(changes);
	const reacted = react(message, changes, me);
	return {
		...storedRow(message),
		message: change === null ? reacted : overlay(reacted, change),
		pending: change,
	};
}

function changesFor(outbox: readonly OutboxEntry[], seq: number, clientId: string | null) {
	return outbox.filter(({ target }) => {
		if (target === null) return false;
		const isPlace = target.seq !== null && target.seq === seq;
		return isPlace || (target.clientId !== null && target.clientId === clientId);
	});
}

function lastOfWords(changes: readonly OutboxEntry[]): OutboxEntry | null {
	return changes.findLast(({ kind }) => kind !== "react") ?? null;
}

function react(message: Message, changes: readonly OutboxEntry[], me: string): Message {
	const wishes = changes.flatMap(({ reaction }) => reaction ?? []);
	if (wishes.length === 0 || message.deleted_at !== null) return message;
	const reactions = wishes.reduce((all, wish) => withReaction(all, me, wish), message.reactions);
	return { ...message, reactions };
}

/** A refused change is not shown as done: the row says what the server holds. */
function overlay(message: Message, change: OutboxEntry): Message {
	if (change.state === "failed") return message;
	return change.kind === "delete"
		? { ...message, body: "", reactions: [], deleted_at: change.createdAt }
		: { ...message, body: change.body, edited_at: change.createdAt };
}

function toPendingRow(entry: OutboxEntry, outbox: readonly OutboxEntry[], me: string): Row {
	const message = pendingMessage(entry, me);
	const changes = changesFor(outbox, entry.stored?.seq ?? -1, entry.id);
	const change = lastOfWords(changes);
	const reacted = react(message, changes, me);
	return {
		key: entry.id,
		message: change === null ? reacted : overlay(reacted, change),
		state: entry.state,
		pending: entry,
	};
}

function pendingMessage(entry: OutboxEntry, me: string): Message {
	return {
		chat: entry.chat,
		seq: entry.stored?.seq ?? 0,
		n: 0,
		rev: 0,
		sender: me,
		client_id: entry.id,
		kind: "text",
		body: entry.body,
		reply_to_seq: entry.replyToSeq,
		attachments: [],
		reactions: [],
		edited_at: null,
		deleted_at: null,
		created_at: entry.createdAt,
	};
}
