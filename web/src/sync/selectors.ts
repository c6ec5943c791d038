/**
 * What the interface reads. Every answer keeps its identity while what it was
 * made from does, so `useSync` never renders in vain.
 */
import type { Account, Member, Message, Presence } from "@/api/wire.gen";
import { emptyTimeline } from "./timeline";
import type {
	ChatEntry,
	Draft,
	OutboxEntry,
	Row,
	Session,
	State,
	Ticks,
	Timeline,
	TimelineView,
} from "./types";

export const selectMe = (state: State): Account | null => state.me;
export const selectSession = (state: State): Session => state.session;
export const selectOnline = (state: State): number | null => state.online;

export function selectChat(state: State, chat: string): ChatEntry | null {
	return state.chats.get(chat) ?? null;
}

/** All chats: pinned first, then by latest activity. */
export const selectChats = memo(
	(state: State) => state.chats,
	(chats): readonly ChatEntry[] => [...chats.values()].sort(byActivity),
);

function byActivity(a: ChatEntry, b: ChatEntry): number {
	if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
	return b.last_at - a.last_at || (a.id < b.id ? 1 : -1);
}

/** Computed, never counted, so it cannot drift. */
export function unreadOf(chat: ChatEntry): number {
	return Math.max(0, chat.n - chat.read_n);
}

/** Unread messages of all chats that are neither muted nor archived, for title and favicon. */
export function selectUnread(state: State, now: number): number {
	let total = 0;
	for (const chat of state.chats.values()) {
		const isMuted = chat.muted_until !== null && chat.muted_until > now;
		if (!isMuted && !chat.archived) total += unreadOf(chat);
	}
	return total;
}

/** The other person of a direct chat. */
export function selectPeer(state: State, chat: string): Member | null {
	const entry = state.chats.get(chat);
	if (entry?.kind !== "direct") return null;
	for (const member of entry.members.values()) {
		if (member.account !== state.me?.id) return member;
	}
	return null;
}

export function selectMember(state: State, chat: string, account: string): Member | null {
	return state.chats.get(chat)?.members.get(account) ?? null;
}

const NO_PRESENCE: ReadonlyMap<string, Presence> = new Map();

/** Who is there. What was known before the connection went says nothing about now. */
export function selectPresences(state: State): ReadonlyMap<string, Presence> {
	const { status, failures } = state.session;
	// One try that fails is too short a while to take all the dots away.
	const isCutOff = status === "offline" || (status === "reconnecting" && failures > 1);
	return isCutOff ? NO_PRESENCE : state.presence;
}

export function selectPresence(state: State, account: string): Presence | null {
	return selectPresences(state).get(account) ?? null;
}

export function selectDraft(state: State, chat: string): Draft | null {
	return state.drafts.get(chat) ?? null;
}

const NOBODY: readonly string[] = [];

const typingNames = weakly((typing: ReadonlyMap<string, number>): readonly string[] => [
	...typing.keys(),
]);

/** Accounts that are typing in the chat; the store removes them as they expire. */
export function selectTyping(state: State, chat: string): readonly string[] {
	const typing = state.typing.get(chat);
	return typing === undefined ? NOBODY : typingNames(typing);
}

/** Changes the server refused, for the banner "3 messages not sent". */
export const selectFailed = memo(
	(state: State) => state.outbox,
	(outbox): readonly OutboxEntry[] => outbox.filter((entry) => entry.state === "failed"),
);

const NO_TICKS: Ticks = { deliveredSeq: 0, readSeq: 0 };

const ticksOf = weakly((chat: ChatEntry) => {
	const byMe = new Map<string, Ticks>();
	return (me: string): Ticks => {
		const known = byMe.get(me);
		if (known !== undefined) return known;
		const others = [...chat.members.values()].filter((m) => m.account !== me && m.left_at === null);
		const ticks: Ticks =
			others.length === 0
				? NO_TICKS
				: {
						deliveredSeq: Math.min(...others.map((m) => m.delivered_seq)),
						readSeq: Math.min(...others.map((m) => m.read_seq)),
					};
		byMe.set(me, ticks);
		return ticks;
	};
});

/** How far everybody else has received and read: in a group, the slowest member decides. */
export function selectTicks(state: State, chat: string): Ticks {
	const entry = state.chats.get(chat);
	return entry === undefined || state.me === null ? NO_TICKS : ticksOf(entry)(state.me.id);
}

export type Tick = "waiting" | "failed" | "stored" | "delivered" | "read";

/** The mark of an own row. */
export function tickOf(row: Row, ticks: Ticks): Tick {
	if (row.state === "failed") return "failed";
	if (row.state !== "stored") return "waiting";
	if (row.message.seq <= ticks.readSeq) return "read";
	return row.message.seq <= ticks.deliveredSeq ? "delivered" : "stored";
}

const viewOf = weakly((timeline: Timeline) =>
	weakly((chat: ChatEntry) =>
		weakly((outbox: readonly OutboxEntry[]) => {
			const byMe = new Map<string, TimelineView>();
			return (me: string): TimelineView => {
				const view = byMe.get(me) ?? toView(timeline, chat, outbox, me);
				byMe.set(me, view);
				return view;
			};
		}),
	),
);

/** The mounted rows of a chat, at most 200 stored ones, and the pending ones below them. */
export function selectTimeline(state: State, chat: string): TimelineView {
	const entry = state.chats.get(chat);
	if (entry === undefined || state.me === null) return UNKNOWN;
	const timeline = state.timelines.get(chat) ?? emptyTimeline;
	return viewOf(timeline)(entry)(selectOutboxOf(state, chat))(state.me.id);
}

const UNKNOWN: TimelineView = {
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

const NOTHING: readonly OutboxEntry[] = [];

const outboxByChat = weakly((outbox: readonly OutboxEntry[]) => {
	const byChat = new Map<string, OutboxEntry[]>();
	for (const entry of outbox) {
		const list = byChat.get(entry.chat);
		if (list === undefined) byChat.set(entry.chat, [entry]);
		else list.push(entry);
	}
	return byChat;
});

export function selectOutboxOf(state: State, chat: string): readonly OutboxEntry[] {
	return outboxByChat(state.outbox).get(chat) ?? NOTHING;
}

function toView(
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
		rows.push(toRow(message, outbox));
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

/** A stored message with the person's own pending edit or delete laid over it. */
function toRow(message: Message, outbox: readonly OutboxEntry[]): Row {
	const change = lastChangeFor(outbox, message.seq, message.client_id);
	if (change === null) return storedRow(message);
	return { ...storedRow(message), message: overlay(message, change), pending: change };
}

function lastChangeFor(
	outbox: readonly OutboxEntry[],
	seq: number,
	clientId: string | null,
): OutboxEntry | null {
	let found: OutboxEntry | null = null;
	for (const entry of outbox) {
		if (entry.target === null) continue;
		const isMatch =
			(entry.target.seq !== null && entry.target.seq === seq) ||
			(entry.target.clientId !== null && entry.target.clientId === clientId);
		if (isMatch) found = entry;
	}
	return found;
}

/** A refused change is not shown as done: the row says what the server holds. */
function overlay(message: Message, change: OutboxEntry): Message {
	if (change.state === "failed") return message;
	return change.kind === "delete"
		? { ...message, body: "", deleted_at: change.createdAt }
		: { ...message, body: change.body, edited_at: change.createdAt };
}

function toPendingRow(entry: OutboxEntry, outbox: readonly OutboxEntry[], me: string): Row {
	const message = pendingMessage(entry, me);
	const change = lastChangeFor(outbox, entry.stored?.seq ?? -1, entry.id);
	return {
		key: entry.id,
		message: change === null ? message : overlay(message, change),
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

/** Remembers the answer for the part of the state it is made from. */
function memo<K extends object, T>(
	part: (state: State) => K,
	compute: (part: K) => T,
): (state: State) => T {
	const remembered = weakly(compute);
	return (state) => remembered(part(state));
}

/** Remembers one answer per object, for as long as the object lives. */
function weakly<K extends object, T>(compute: (key: K) => T): (key: K) => T {
	const known = new WeakMap<K, { value: T }>();
	return (key) => {
		let entry = known.get(key);
		if (entry === undefined) {
			entry = { value: compute(key) };
			known.set(key, entry);
		}
		return entry.value;
	};
}
