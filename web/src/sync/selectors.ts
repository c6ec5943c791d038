/**
 * What the interface reads. Every answer keeps its identity while what it was
 * made from does, so `useSync` never renders in vain.
 */
import type { Member, Presence } from "@/api/wire.gen";
import { faceOf } from "./chat-face";
import { memo, weakly } from "./remember";
import { emptyTimeline } from "./timeline";
import { NO_VIEW, toView } from "./timeline-view";
import type {
	ChatEntry,
	Draft,
	OutboxEntry,
	Row,
	State,
	Ticks,
	Timeline,
	TimelineView,
} from "./types";

export function selectChat(state: State, chat: string): ChatEntry | null {
	return state.chats.get(chat) ?? null;
}

/** All chats but those one has deleted: pinned first, then by latest activity. */
export const selectChats = memo(
	(state: State) => state.chats,
	(chats): readonly ChatEntry[] => [...chats.values()].filter(isListed).sort(byActivity),
);

/** Whether there is nothing in it to see: nobody wrote, or one has deleted it for oneself. */
export function isEmpty({ mine, seq }: ChatEntry): boolean {
	return seq <= mine.hidden_upto_seq;
}

function isListed(chat: ChatEntry): boolean {
	return !isEmpty(chat) || chat.mine.hidden_upto_seq === 0;
}

function byActivity(a: ChatEntry, b: ChatEntry): number {
	if (a.mine.pinned !== b.mine.pinned) return a.mine.pinned ? -1 : 1;
	return b.last_at - a.last_at || (a.id < b.id ? 1 : -1);
}

/** Computed, never counted, so it cannot drift. */
export function unreadOf(chat: ChatEntry): number {
	return Math.max(0, chat.n - chat.read_n);
}

/** Marked as unread, and nothing read since. */
export function isMarked({ mine, read_seq }: ChatEntry): boolean {
	return mine.unread_seq !== null && mine.unread_seq >= read_seq;
}

/** Whether something in it waits for the reader. */
export function isUnread(chat: ChatEntry): boolean {
	return unreadOf(chat) > 0 || isMarked(chat);
}

/** Whether nothing of the chat is to be heard or counted at this time. */
export function isMuted({ mine }: ChatEntry, now: number): boolean {
	return mine.muted_until !== null && mine.muted_until > now;
}

export function selectMember(state: State, chat: string, account: string): Member | null {
	return state.chats.get(chat)?.members.get(account) ?? null;
}

const NO_PRESENCE: ReadonlyMap<string, Presence> = new Map();

/** Whether the server cannot be had. One try that fails is too short a while to say so. */
export function isCutOff({ session: { status, failures } }: State): boolean {
	return status === "offline" || (status === "reconnecting" && failures > 1);
}

/** Who is there. What was known before the connection went says nothing about now. */
export function selectPresences(state: State): ReadonlyMap<string, Presence> {
	return isCutOff(state) ? NO_PRESENCE : state.presence;
}

/** Where nobody writes any more, nobody is seen either: whether somebody is here is for friends. */
function isOpen(state: State, chat: string): boolean {
	return state.chats.get(chat)?.closed_at === null;
}

/** Whether the other person of the chat is here; null where it is not known, or not ours to know. */
export function selectPeerPresence(state: State, chat: string): Presence | null {
	const entry = state.chats.get(chat);
	if (entry === undefined || state.me === null || !isOpen(state, chat)) return null;
	const { peer } = faceOf(entry, state.me.id);
	return peer === null ? null : (selectPresences(state).get(peer.account) ?? null);
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
	const typing = isOpen(state, chat) ? state.typing.get(chat) : undefined;
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
	if (entry === undefined || state.me === null) return NO_VIEW;
	const timeline = state.timelines.get(chat) ?? emptyTimeline;
	return viewOf(timeline)(entry)(selectOutboxOf(state, chat))(state.me.id);
}

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
