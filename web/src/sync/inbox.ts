/**
 * What the server tells of chats, put in order: applies what is next, holds
 * what is early, and fetches what never came.
 *
 * What must hold: a chat's rev is raised only together with everything up to
 * that rev. A change whose content an event does not carry (a title, a member)
 * therefore waits for the fetch that brings it.
 */
import { fetchChanges, fetchChat } from "@/api/chats";
import { isApiError } from "@/api/client";
import type { Message } from "@/api/wire.gen";
import { type Core, isConnected } from "./core";
import { type ChatEvent, type Held, hold, take } from "./gap";
import { applyChanges, applyMeta, applyRow, dropChat } from "./reducers/chats";

/** How long an early event waits for the ones before it. */
const STRAGGLER_MS = 500;
const MAX_HELD = 1_000;
const MAX_IDLE = 3;
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

export type Inbox = {
	readonly receive: (event: ChatEvent) => void;
	/** Fetches a chat's changes, or the chat itself when it is unknown. */
	readonly catchUp: (chat: string) => Promise<void>;
	/** From here events are kept aside, in order, until `resume`. */
	readonly pause: () => void;
	readonly resume: () => void;
	/** The chat is gone, and so is the meaning of any answer that is on its way. */
	readonly drop: (chat: string) => void;
	/** Forgets everything held: a sync is about to tell all. */
	readonly clear: () => void;
};

export type InboxHooks = {
	/** A row was applied. `isLive` is false for rows that a catch-up brought, and for those that were there. */
	readonly onRow: (row: Message, isLive: boolean) => void;
	/** Rows may have lost trust: what is mounted may need fetching. */
	readonly onCaughtUp: (chat: string) => void;
};

type Line = {
	held: Held;
	cancelTimer: (() => void) | null;
	fetching: Promise<void> | null;
	isFetchDue: boolean;
	failures: number;
	/** Fetches in a row that brought nothing though events wait. */
	idle: number;
};

export function createInbox(core: Core, hooks: InboxHooks): Inbox {
	const lines = new Map<string, Line>();
	let aside: ChatEvent[] | null = null;

	function lineOf(chat: string): Line {
		let line = lines.get(chat);
		if (line === undefined) {
			const counts = { failures: 0, idle: 0 };
			line = { held: [], cancelTimer: null, fetching: null, isFetchDue: false, ...counts };
			lines.set(chat, line);
		}
		return line;
	}

	function receive(event: ChatEvent): void {
		if (aside !== null) aside.push(event);
		else place(event);
	}

	function place(event: ChatEvent): void {
		const entry = core.store.getState().chats.get(event.chat);
		if (entry !== undefined && event.rev <= entry.rev) return;
		const line = lineOf(event.chat);
		line.held = hold(line.held, event);
		if (entry === undefined || event.row === null || line.held.length > MAX_HELD) {
			if (line.held.length > MAX_HELD) line.held = [];
			void catchUp(event.chat);
			return;
		}
		drain(event.chat, line);
	}

	/** Applies what is next as long as something is, then waits for stragglers if some are missing. */
	function drain(chat: string, line: Line): void {
		for (;;) {
			const entry = core.store.getState().chats.get(chat);
			if (entry === undefined) return;
			const { next, rest } = take(line.held, entry.rev);
			if (next === null || next.row === null) {
				line.held = next === null ? rest : [next, ...rest];
				break;
			}
			line.held = rest;
			const { row, rev } = next;
			core.store.update((state) => applyRow(state, row, rev));
			hooks.onRow(row, row.seq > entry.seq);
		}
		if (line.held.length === 0) {
			line.cancelTimer?.();
			line.cancelTimer = null;
		} else if (line.cancelTimer === null && line.fetching === null) {
			line.cancelTimer = core.clock.after(STRAGGLER_MS, () => {
				line.cancelTimer = null;
				void catchUp(chat);
			});
		}
	}

	/** One fetch at a time for a chat; a wish that comes meanwhile is granted after it. */
	function catchUp(chat: string): Promise<void> {
		const line = lineOf(chat);
		line.cancelTimer?.();
		line.cancelTimer = null;
		if (line.fetching !== null) {
			line.isFetchDue = true;
			return line.fetching;
		}
		line.isFetchDue = false;
		const before = core.store.getState().chats.get(chat)?.rev;
		line.fetching = fetchOnce(chat)
			.finally(() => {
				line.fetching = null;
			})
			.then(
				() => {
					if (lines.get(chat) !== line) return;
					line.failures = 0;
					const isIdle = core.store.getState().chats.get(chat)?.rev === before;
					line.idle = isIdle && line.held.length > 0 ? line.idle + 1 : 0;
					// The server has never heard of these changes: they are none.
					if (line.idle > MAX_IDLE) line.held = [];
					core.store.gather(() => drain(chat, line));
					if (line.isFetchDue) void catchUp(chat);
				},
				(error: unknown) => {
					if (lines.get(chat) === line) failed(chat, line, error);
				},
			);
		return line.fetching;
	}

	/**
	 * The changes carry rows and members but not the chat's own fields, which
	 * the missing events may have changed: the chat is read as well, after, so
	 * that its fields are never older than the rev we reach.
	 */
	async function fetchOnce(chat: string): Promise<void> {
		const line = lines.get(chat);
		const held = core.store.getState().chats.get(chat);
		if (held === undefined) {
			const fresh = await fetchChat(core.api, chat);
			if (lines.get(chat) !== line) return;
			core.store.update((state) => applyMeta(state, fresh));
			if (fresh.last_message !== null) hooks.onRow(fresh.last_message, false);
		} else {
			const changes = await fetchChanges(core.api, chat, held.rev, held.seq);
			const fresh = await fetchChat(core.api, chat);
			if (lines.get(chat) !== line) return;
			core.store.update((state) => applyMeta(applyChanges(state, chat, changes), fresh));
			for (const row of changes.messages) hooks.onRow(row, false);
		}
		hooks.onCaughtUp(chat);
	}

	/** A chat that is not ours (any more) leaves; anything else is tried again while connected. */
	function failed(chat: string, line: Line, error: unknown): void {
		if (isApiError(error) && (error.status === 404 || error.status === 403)) {
			drop(chat);
			return;
		}
		if (!isConnected(core.store.getState())) return;
		const wait = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** line.failures++);
		line.cancelTimer = core.clock.after(wait, () => {
			line.cancelTimer = null;
			void catchUp(chat);
		});
	}

	function drop(chat: string): void {
		lines.get(chat)?.cancelTimer?.();
		lines.delete(chat);
		core.store.update((state) => dropChat(state, chat));
	}

	return {
		receive,
		catchUp,
		drop,
		pause() {
			aside ??= [];
		},
		resume() {
			const events = aside ?? [];
			aside = null;
			for (const event of events) place(event);
		},
		clear() {
			for (const line of lines.values()) line.cancelTimer?.();
			lines.clear();
			aside = null;
		},
	};
}
