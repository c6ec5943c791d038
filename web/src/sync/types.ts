/**
 * The shapes of the chat state and of everything one can ask of it.
 *
 * How the interface uses it: a component reads with a selector of
 * `selectors.ts` (`useSync((state) => selectChats(state))`) and writes by an
 * action (`useActions().sendMessage(chat, { body })`). Nothing else changes
 * the state. All of it is immutable: an object that did not change keeps its
 * identity, so selectors may be compared by reference.
 */
import type { Account, Chat, Member, Message, Mine, Presence } from "@/api/wire.gen";

/**
 * - `signed-out`: nobody is signed in; `reason` says whether that was asked for.
 * - `connecting`: the first connection is being made.
 * - `syncing`: connected, catching up.
 * - `live`: everything shown is what the server holds.
 * - `reconnecting`: the connection was lost; the next try is at `nextTryAt`.
 * - `offline`: the device itself says that it has no network.
 * - `draining`: still live, but the server asked us to move to another connection.
 */
type SessionStatus =
	| "signed-out"
	| "connecting"
	| "syncing"
	| "live"
	| "reconnecting"
	| "offline"
	| "draining";

export type Session = {
	readonly status: SessionStatus;
	/** Connection attempts that failed in a row. */
	readonly failures: number;
	/** When this status began: a banner waits two seconds from here. */
	readonly since: number;
	readonly nextTryAt: number | null;
	/**
	 * `other-tab`: asked for in another tab; `revoked`: signed out from elsewhere;
	 * `expired`: the login ran out; null in the tab that asked for it.
	 */
	readonly reason: "other-tab" | "revoked" | "expired" | null;
	/** True once anything was shown from the server or from the cache. */
	readonly isLoaded: boolean;
};

/** A chat as the list shows it. The wire's `unread` and `marks` are left out: both are derived. */
export type ChatEntry = Omit<Chat, "members" | "unread" | "marks"> & {
	readonly members: ReadonlyMap<string, Member>;
	/** The rev whose chat-level fields (title, closed_at, …) these are. */
	readonly metaRev: number;
	/** `mine` as the server holds it: shown is that with what was asked for here since. */
	readonly heldMine: Mine;
};

/** What one may choose about a chat for oneself. */
export type MineChange = Partial<Omit<Mine, "version">>;

/** A choice that the server has not confirmed yet. */
export type Wish = {
	readonly id: string;
	readonly change: MineChange;
	/** The server's epoch it was made in: a place to hide up to is none in another. */
	readonly epoch: string | null;
};

/** An inclusive stretch of seqs of which every row is held and current. */
export type Range = readonly [from: number, to: number];

/** The rows that are mounted. `to: null` follows the newest message. */
export type Window = { readonly from: number; readonly to: number | null };

export type Timeline = {
	readonly bySeq: ReadonlyMap<number, Message>;
	/** Sorted, disjoint, never adjacent. */
	readonly ranges: readonly Range[];
	readonly window: Window | null;
	/** The lowest seq there is to read, once a page came back with nothing before it. */
	readonly floor: number | null;
	/** Goes up when held rows lose trust: a page asked for before is then of no use. */
	readonly generation: number;
	readonly isLoadingOlder: boolean;
	readonly isLoadingNewer: boolean;
	/** True while a jump (or the first page) is loading; rows stay as they are until then. */
	readonly isJumping: boolean;
	/** Why the last load failed, until the next one begins. */
	readonly loadError: Failure | null;
	/** True while the newest rows stand where the first unread ones could not be had. */
	readonly isStandIn: boolean;
};

export type Failure = { readonly code: string; readonly detail: string };

/**
 * - `waiting`: queued. - `sending`: asked, no answer yet. - `stored`: the
 * server holds it, its row is about to arrive. - `failed`: refused; only the
 * person can decide what next.
 */
type OutboxState = "waiting" | "sending" | "stored" | "failed";

export type Stored = {
	readonly seq: number;
	readonly rev: number;
	/** The same rev, or 0 when another device may have changed the row before the answer. */
	readonly ownRev: number;
};

/** A change the person asked for and the server has not shown back yet. */
export type OutboxEntry = {
	/** For a send the message's client id; unique for the others. */
	readonly id: string;
	/** One more with every change; of two copies the higher one counts. */
	readonly version: number;
	readonly kind: "send" | "edit" | "delete" | "react";
	readonly chat: string;
	/** The server's epoch that the seqs and revs here are of: in another they name other rows. */
	readonly epoch: string | null;
	/** Place in the queue of its chat, together with `id`. */
	readonly createdAt: number;
	readonly body: string;
	/** Of a message that got another body before it was sent: what another tab may have sent all the same. */
	readonly firstBody: string | null;
	/** When that other body was asked for; 0 where none was. */
	readonly bodyAt: number;
	readonly replyToSeq: number | null;
	/** Of a reaction: which emoji is to stand there, or no longer. */
	readonly reaction: { readonly emoji: string; readonly on: boolean } | null;
	/** The row that a change is for: by seq, or by client id while it has no seq. */
	readonly target: { readonly seq: number | null; readonly clientId: string | null } | null;
	/** The rev of that row as the person saw it; 0 while it has none. An edit of any later version is refused. */
	readonly seenRev: number;
	readonly state: OutboxState;
	readonly attempts: number;
	readonly error: Failure | null;
	/** What the server answered: the row is gone from here when the timeline has this rev. */
	readonly stored: Stored | null;
};

/** Where the server holds a message that was sent from here. */
export type Place = {
	readonly clientId: string;
	readonly seq: number;
	readonly epoch: string | null;
	/** The row as the last change from here left it, and when that was asked for; 0 where none is known. */
	readonly rev: number;
	readonly askedAt: number;
};

/** Stands where an entry stood, so that a copy of it that comes late does not count. */
export type Over = {
	readonly id: string;
	readonly overAt: number;
	/** Of the message that was sent or changed: later changes go there, and are of that version. */
	readonly place: Place | null;
};

export type Draft = {
	readonly body: string;
	readonly replyToSeq: number | null;
	readonly updatedAt: number;
	/** What was deleted of the chat by then: a later deletion takes the draft along. */
	readonly hiddenUpTo: number;
};

/** A row of the timeline, ready to show. */
export type Row = {
	/** React key: stable from the first press of Enter to the stored message. */
	readonly key: string;
	/** For a message that was never stored, `seq` is 0 and `n` is 0. */
	readonly message: Message;
	/** `stored` rows show ticks (see `tickOf`); others show the clock or the failure. */
	readonly state: "stored" | "waiting" | "sending" | "failed";
	/** The entry behind a pending or failed change: pass its `id` to `retry` and `discard`. */
	readonly pending: OutboxEntry | null;
};

/** What `selectTimeline` answers. */
export type TimelineView = {
	readonly rows: readonly Row[];
	/** False until the first page is there: show the skeleton. */
	readonly isLoaded: boolean;
	readonly hasOlder: boolean;
	readonly hasNewer: boolean;
	/** True when new messages append to these rows. */
	readonly isFollowing: boolean;
	readonly isLoadingOlder: boolean;
	readonly isLoadingNewer: boolean;
	readonly isJumping: boolean;
	readonly loadError: Failure | null;
};

/** Others' lowest watermarks: a row at or below has that tick. */
export type Ticks = { readonly deliveredSeq: number; readonly readSeq: number };

export type State = {
	readonly me: Account | null;
	readonly session: Session;
	readonly epoch: string | null;
	readonly arev: number;
	readonly chats: ReadonlyMap<string, ChatEntry>;
	readonly timelines: ReadonlyMap<string, Timeline>;
	/** Chats whose reader is away from the end: new rows must not push others from under them. */
	readonly held: ReadonlySet<string>;
	/** Sorted by `createdAt`, then `id`. */
	readonly outbox: readonly OutboxEntry[];
	readonly drafts: ReadonlyMap<string, Draft>;
	/** By chat: what one chose for oneself and the server has not confirmed yet. */
	readonly wishes: ReadonlyMap<string, Wish>;
	/** chat → account → when it expires. */
	readonly typing: ReadonlyMap<string, ReadonlyMap<string, number>>;
	readonly presence: ReadonlyMap<string, Presence>;
	readonly online: number | null;
	/** Signed out here, and the server has not heard of it yet. */
	readonly isFarewellDue: boolean;
	/** True in the one tab that sends, notifies and writes the cache. */
	readonly isLeader: boolean;
};

/** What other parts may listen to: for query invalidation, sounds and notifications. */
export type Notice =
	/** `isLive` is true for a message that has just come: neither caught up with nor merely changed. */
	| { kind: "message"; chat: string; message: Message; isMine: boolean; isLive: boolean }
	| { kind: "account-event"; event: string; body: unknown }
	/** The account's event log was too old or was restored: refetch everything asked over REST. */
	| { kind: "reset" }
	| { kind: "failed"; entry: OutboxEntry }
	/** The server refused what one chose about the chat; it is as it was. */
	| { kind: "wish-refused"; chat: string }
	| { kind: "signed-out"; reason: "asked" | "revoked" | "expired" };

export type Actions = {
	/** Restores the cache, asks who is signed in and connects. Safe to call twice. */
	start(): Promise<void>;
	/** After login or verify: `start` for this account. */
	signedIn(account: Account): Promise<void>;
	/**
	 * Wipes what this device kept and ends this login on the server; without an
	 * answer, as soon as there is one (`isFarewellDue` until then).
	 */
	signOut(): Promise<void>;
	/** Ends every login of the account, this one included. */
	signOutEverywhere(): Promise<void>;
	/** Skips the wait before the next connection attempt. */
	reconnectNow(): void;
	/** After PATCH /v1/me. */
	accountChanged(account: Account): void;

	/** Shows the message at once and sends it when it can; clears the chat's draft. Gives its client id. */
	sendMessage(chat: string, message: { body: string; replyToSeq?: number | null }): string;
	/** Sends these words into each of the chats, in this order; what is being written there stays. */
	forward(chats: readonly string[], bodies: readonly string[]): void;
	/** `row.message` of a stored row by seq, or of a pending one by its client id. */
	editMessage(chat: string, target: { seq: number } | { clientId: string }, body: string): void;
	deleteMessage(chat: string, target: { seq: number } | { clientId: string }): void;
	/**
	 * An unsent message is not sent for as long as it is held: its deletion may still be taken back.
	 * False where that cannot be kept, for another tab sends.
	 */
	holdMessage(clientId: string, isHeld: boolean): boolean;
	/** Gives the stored message an emoji, or takes it back. One that is refused is gone again, with a notice. */
	react(chat: string, seq: number, emoji: string, on: boolean): void;
	retry(id: string): void;
	retryAll(): void;
	/** Drops a pending or failed change; the row returns to what the server holds. */
	discard(id: string): void;

	/** Loads the chat around the first unread (or the newest when none) and hears its typing. */
	openChat(chat: string): Promise<void>;
	closeChat(chat: string): void;
	/** The reader left the end of the rows, or came back to it. */
	holdRows(chat: string, isHeld: boolean): void;
	loadOlder(chat: string): Promise<void>;
	loadNewer(chat: string): Promise<void>;
	/** Loads around `seq` and swaps the rows in one step. */
	jumpTo(chat: string, seq: number): Promise<void>;
	jumpToLatest(chat: string): Promise<void>;
	/** Everything up to `seq` was seen. Only grows; sent at most once a second. */
	markRead(chat: string, seq: number): void;
	/** Mutes, pins, archives or marks as unread: shown at once and told when it can be. */
	setMine(chat: string, change: MineChange): void;
	/**
	 * Deletes for oneself what was there up to this place, with the draft and
	 * what was not sent. The chat leaves the list until something new comes.
	 */
	deleteChat(chat: string, upTo: number): void;
	/** Call on every key press (`true`), on blur and on clearing (`false`). */
	setTyping(chat: string, on: boolean): void;
	saveDraft(chat: string, draft: { body: string; replyToSeq?: number | null }): void;
	/** Hears presence of these accounts until the given function is called. */
	watchPresence(accounts: readonly string[]): () => void;
};

export type Sync = {
	readonly getState: () => State;
	readonly subscribe: (listener: () => void) => () => void;
	readonly actions: Actions;
	readonly onNotice: (listener: (notice: Notice) => void) => () => void;
	/** Disconnects and releases timers and locks, keeping what is stored. */
	readonly stop: () => void;
};
