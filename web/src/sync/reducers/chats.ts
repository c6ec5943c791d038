/**
 * Chats and their rows: what one event, one catch-up or one page changes.
 *
 * Every function may be given the same thing twice, or something older than
 * what is held, without harm: rows are judged by their own rev, marks only
 * grow, and chat-level fields are judged by the rev they were read at.
 */
import type { Changes, Chat, Member, Message, SyncChat } from "@/api/wire.gen";
import { timelineOf, withChat, withHeld, without, withTimeline } from "../state";
import {
	addPage,
	changeRow,
	distrust,
	FOLLOWED_ROWS,
	MAX_ROWS,
	newer,
	PAGE,
	slim,
} from "../timeline";
import type { ChatEntry, State, Timeline, Window, Wish } from "../types";
import { withoutHidden } from "./hidden";
import { raiseMarks, raiseMember } from "./marks";
import { holdMine, toShown } from "./mine";

/** A chat-level view without rows, as GET gives it: fields, members, own marks; never the rev. */
export function applyMeta(state: State, chat: Chat): State {
	const held = state.chats.get(chat.id);
	const wish = state.wishes.get(chat.id);
	const entry =
		held === undefined
			? toEntry(chat, wish)
			: holdMine(mergeMeta(held, chat, state.me?.id ?? null), chat.mine, wish);
	return withoutHidden(withChat(state, entry), chat.id);
}

export function dropChat(state: State, chat: string): State {
	if (!state.chats.has(chat)) return state;
	return {
		...withHeld(state, chat, false),
		chats: without(state.chats, chat),
		timelines: without(state.timelines, chat),
		typing: without(state.typing, chat),
	};
}

/** One row that is the chat's next change. The caller has checked `rev`. */
export function applyRow(state: State, row: Message, rev: number): State {
	const held = state.chats.get(row.chat);
	if (held === undefined) return state;
	const isNew = row.seq > held.seq;
	let entry = countRow(held, row);
	if (isNew) entry = raiseMarks(entry, row.sender, ownMarks(row), state.me?.id ?? null);
	entry = { ...entry, rev: Math.max(entry.rev, rev) };
	const timeline = timelineOf(state, row.chat);
	const next = isNew
		? keepUp(addPage(timeline, [row]), entry.seq, state.held.has(row.chat))
		: changeRow(timeline, row);
	return withoutHidden(withTimeline(withChat(state, entry), row.chat, next), row.chat);
}

/** What `GET …/changes` answered to a question about `asked` rev. */
export function applyChanges(state: State, chat: string, changes: Changes): State {
	const held = state.chats.get(chat);
	if (held === undefined) return state;
	let entry = held;
	for (const member of changes.members) entry = mergeMember(entry, member);
	return withoutHidden(catchUp(withChat(state, entry), chat, changes), chat);
}

/** One chat of a sync answer: all fields, all members, and the rows we lacked. */
export function applySyncChat(state: State, chat: SyncChat): State {
	return withoutHidden(mergeSyncChat(state, chat), chat.id);
}

function mergeSyncChat(state: State, chat: SyncChat): State {
	const { limited, messages, ...plain } = chat;
	const held = state.chats.get(chat.id);
	const wish = state.wishes.get(chat.id);
	if (held === undefined) {
		const fresh = withChat(state, toEntry(plain, wish));
		return withTimeline(fresh, chat.id, addPage(timelineOf(fresh, chat.id), messages));
	}
	const entryNow = mergeMeta(held, plain, state.me?.id ?? null);
	const merged = withChat(state, holdMine(entryNow, plain.mine, wish));
	const caught = catchUp(merged, chat.id, { rev: chat.rev, messages, limited });
	const entry = caught.chats.get(chat.id);
	if (entry === undefined || chat.rev < entry.rev) return caught;
	return withChat(caught, raiseCounters(entry, plain));
}

/** A page of history. Rows are current unless the timeline was distrusted meanwhile. */
export function applyPage(state: State, chat: string, rows: readonly Message[]): State {
	return withoutHidden(withTimeline(state, chat, addPage(timelineOf(state, chat), rows)), chat);
}

type CatchUp = Pick<Changes, "rev" | "messages" | "limited">;

/**
 * Rows left out of a limited answer may be rows we hold, so all of them lose
 * our trust; unless events brought us past that rev already.
 */
function catchUp(state: State, chat: string, answer: CatchUp): State {
	const held = state.chats.get(chat);
	if (held === undefined) return state;
	let timeline = timelineOf(state, chat);
	const isHeld = state.held.has(chat);
	if (answer.limited && answer.rev > held.rev) {
		timeline = distrust(timeline);
		timeline = (isHeld ? stay : restart)(timeline, answer.messages, held.seq);
	}
	let entry = held;
	const me = state.me?.id ?? null;
	for (const row of answer.messages) {
		if (row.seq > entry.seq) entry = raiseMarks(entry, row.sender, ownMarks(row), me);
		entry = countRow(entry, row);
	}
	entry = { ...entry, rev: Math.max(entry.rev, answer.rev) };
	// An answer that was overtaken may hold rows that changed since; they fill no range.
	timeline =
		answer.rev >= held.rev
			? addPage(timeline, answer.messages)
			: answer.messages.reduce(changeRow, timeline);
	timeline = keepUp(timeline, entry.seq, isHeld);
	return withTimeline(withChat(state, entry), chat, timeline);
}

/** A window that followed the newest message goes on from the rows that came. */
function restart(timeline: Timeline, rows: readonly Message[]): Timeline {
	const newest = rows.at(-1)?.seq;
	if (timeline.window?.to !== null || newest === undefined) return timeline;
	let from = newest;
	const seqs = new Set(rows.map((row) => row.seq));
	while (seqs.has(from - 1)) from--;
	return { ...timeline, window: { from, to: null } };
}

/** Under a reader who is not at the end the rows stay as they are, and are fetched again. */
function stay(timeline: Timeline, rows: readonly Message[], lastSeq: number): Timeline {
	const { window } = timeline;
	const isPassed = (rows.at(-1)?.seq ?? 0) > lastSeq;
	if (window === null || window.to !== null || window.from > lastSeq || !isPassed) return timeline;
	return { ...timeline, window: { from: window.from, to: lastSeq } };
}

/**
 * Keeps a following window within its bound, and unmounted rows within reason:
 * by two pages at a time, so that few of the rows that come cost others their place.
 * Under a reader who is not at the end it stops following instead of moving on.
 */
function keepUp(timeline: Timeline, lastSeq: number, isHeld: boolean): Timeline {
	const window = timeline.window;
	const bound = isHeld ? MAX_ROWS : FOLLOWED_ROWS + 2 * PAGE;
	if (window === null || window.to !== null || lastSeq - window.from < bound)
		return slim(timeline, lastSeq);
	const moved: Window = isHeld
		? { from: window.from, to: window.from + MAX_ROWS - 1 }
		: { from: lastSeq - FOLLOWED_ROWS + 1, to: null };
	return slim({ ...timeline, window: moved }, lastSeq);
}

function ownMarks(row: Message) {
	return { read_seq: row.seq, read_n: row.n, delivered_seq: row.seq };
}

/** Counters and preview after this row. */
function countRow(entry: ChatEntry, row: Message): ChatEntry {
	return {
		...entry,
		seq: Math.max(entry.seq, row.seq),
		n: Math.max(entry.n, row.n),
		last_at: row.seq > entry.seq ? Math.max(entry.last_at, row.created_at) : entry.last_at,
		last_message: laterRow(entry.last_message, row),
	};
}

/** The later row; of one row the later version. */
function laterRow(held: Message | null, incoming: Message | null): Message | null {
	if (held === null || incoming === null) return held ?? incoming;
	if (held.seq !== incoming.seq) return held.seq > incoming.seq ? held : incoming;
	return newer(held, incoming);
}

function raiseCounters(entry: ChatEntry, chat: Omit<Chat, "members">): ChatEntry {
	return {
		...entry,
		seq: Math.max(entry.seq, chat.seq),
		n: Math.max(entry.n, chat.n),
		last_at: Math.max(entry.last_at, chat.last_at),
	};
}

function toEntry(chat: Chat, wish: Wish | undefined): ChatEntry {
	const { members, unread: _unread, marks: _marks, ...rest } = chat;
	return {
		...rest,
		members: new Map(members.map((member) => [member.account, member])),
		metaRev: chat.rev,
		heldMine: chat.mine,
		mine: toShown(chat.mine, wish),
	};
}

function mergeMeta(held: ChatEntry, chat: Chat, me: string | null): ChatEntry {
	let entry = held;
	for (const member of chat.members) entry = mergeMember(entry, member);
	if (me !== null) entry = raiseMarks(entry, me, { ...chat, delivered_seq: chat.read_seq }, me);
	entry = { ...entry, last_message: laterRow(entry.last_message, chat.last_message) };
	if (chat.rev < held.metaRev) return entry;
	return {
		...entry,
		title: chat.title,
		photo: chat.photo,
		closed_at: chat.closed_at,
		first_seq: chat.first_seq,
		metaRev: chat.rev,
	};
}

function mergeMember(entry: ChatEntry, incoming: Member): ChatEntry {
	const held = entry.members.get(incoming.account);
	const base = held !== undefined && held.rev > incoming.rev ? held : incoming;
	const merged = held === undefined ? base : raiseMember(raiseMember(base, held), incoming);
	return { ...entry, members: new Map(entry.members).set(incoming.account, merged) };
}
