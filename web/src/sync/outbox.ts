/**
 * Changes on their way to the server: messages, edits and deletes.
 *
 * What must hold: within a chat they are sent one after the other, in the
 * order they were asked for; each is on this device's disk, its attempt
 * counted, before it leaves; and a message keeps its client id through every
 * retry, so that the server stores it once. Only the leading tab sends.
 */
import { isApiError } from "@/api/client";
import type { Message } from "@/api/wire.gen";
import { uuidv7 } from "@/lib/ids";
import { type Core, isLive } from "./core";
import type { Storage } from "./persistence";
import { dropEntry, putEntry, settled } from "./reducers/outbox";
import { timelineOf } from "./state";
import type { Tabs } from "./tabs";
import type { OutboxEntry, State } from "./types";

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** A sending that has no answer after this long may have nobody to answer it. */
const SILENCE_MS = 2_000;
/** How long a leading tab may take to pick up what another tab hands it. */
const LEADER_MS = 5_000;
/** By then a tab that has just opened hears the others, and their disk has what they said before. */
const JOINED_MS = 2_000;
/** Answers that say "later" rather than "no". */
const PASSING = new Set([401, 408, 425, 429]);

export type Target = { seq: number } | { clientId: string };

export type Outbox = {
	readonly send: (chat: string, body: string, replyToSeq: number | null) => string;
	readonly edit: (chat: string, target: Target, body: string) => void;
	readonly remove: (chat: string, target: Target) => void;
	readonly retry: (id: string) => void;
	readonly discard: (id: string) => void;
	/** Sends what may be sent now. Harmless to call at any time. */
	readonly flush: () => void;
	/** The connection is back: nobody waits out a delay that was meant for the old one. */
	readonly hurry: () => void;
	/** The timeline has a row: whatever brought it here is done. */
	readonly confirm: (row: Message) => void;
	/** A catch-up may have passed a change by without showing its row. */
	readonly settle: (chat: string) => void;
	/** Takes what another tab tells of an entry. */
	readonly hear: (entry: OutboxEntry) => void;
	readonly hearDrop: (id: string) => void;
	/** Shows what waits on this device, whichever tab will send it. */
	readonly restore: () => Promise<void>;
	/** Reads what an earlier tab left, as the one who sends from now on. */
	readonly takeOver: () => Promise<void>;
	readonly stop: () => void;
};

export type OutboxDeps = {
	readonly storage: Storage;
	readonly tabs: Tabs;
	/** The server takes longer to answer than one that is there does. */
	readonly onSilence: () => void;
	/** An acknowledged row goes the way of every event. */
	readonly onStored: (row: Message) => void;
};

export function createOutbox(core: Core, deps: OutboxDeps): Outbox {
	/** Chats with a call on its way. */
	const busy = new Set<string>();
	/** Entries that are over. What another tab says of them later is old news. */
	const gone = new Set<string>();
	/** Where messages of ours were stored, by client id. */
	const placed = new Map<string, number>();
	let cancelTimer: (() => void) | null = null;
	let isStopped = false;

	const entries = () => core.store.getState().outbox;
	const find = (id: string) => entries().find((entry) => entry.id === id) ?? null;

	/** A disk that refuses must not keep a message from being sent: it is kept in memory then. */
	async function put(entry: OutboxEntry): Promise<void> {
		if (isStopped || gone.has(entry.id)) return;
		core.store.update((state) => putEntry(state, entry));
		deps.tabs.post({ kind: "put", entry });
		await deps.storage.putEntry(entry).catch(() => undefined);
		// The tab that leads may have been done with it before our disk had it.
		const isOver = gone.has(entry.id) || (entry.stored === null && find(entry.id)?.stored);
		if (isOver && !isStopped) await deps.storage.dropEntry(entry.id).catch(() => undefined);
	}

	function forget(id: string): void {
		gone.add(id);
		core.store.update((state) => dropEntry(state, id));
	}

	function drop(id: string): void {
		forget(id);
		deps.tabs.post({ kind: "drop", id });
		void deps.storage.dropEntry(id).catch(() => undefined);
	}

	function add(entry: Partial<OutboxEntry> & Pick<OutboxEntry, "kind" | "chat">): string {
		const now = core.clock.now();
		const last = entries().at(-1)?.createdAt ?? 0;
		const full: OutboxEntry = {
			id: uuidv7(now),
			createdAt: Math.max(now, last + 1),
			body: "",
			replyToSeq: null,
			target: null,
			state: "waiting",
			attempts: 0,
			nextAt: 0,
			error: null,
			stored: null,
			...entry,
		};
		void put(full).then(flush);
		if (!core.store.getState().isLeader) core.clock.after(LEADER_MS, () => mindLeader(full.id));
		return full.id;
	}

	/** Nobody touched what was handed to the leader: its tab may be frozen or cut off, ours is not. */
	function mindLeader(id: string): void {
		const state = core.store.getState();
		const entry = find(id);
		if (isStopped || entry === null || state.isLeader || !isLive(state)) return;
		const isFirst = state.outbox.find((other) => other.chat === entry.chat) === entry;
		if (isFirst && entry.state === "waiting" && entry.attempts === 0) deps.tabs.takeLead();
	}

	/** A message that was never handed to the server may still be changed where it stands. */
	function unsent(target: Target): OutboxEntry | null {
		const entry = "clientId" in target ? find(target.clientId) : null;
		const isUntouched = entry?.state === "failed" || entry?.attempts === 0;
		return entry !== null && isUntouched && core.store.getState().isLeader ? entry : null;
	}

	function toTarget(chat: string, target: Target): OutboxEntry["target"] {
		if ("seq" in target) return { seq: target.seq, clientId: null };
		const { clientId } = target;
		const entry = find(clientId);
		if (entry !== null) return { seq: entry.stored?.seq ?? null, clientId };
		// The message was stored between the press of the key and here.
		const row = rowOf(core.store.getState(), chat, clientId);
		return { seq: row?.seq ?? null, clientId };
	}

	function flush(): void {
		const state = core.store.getState();
		cancelTimer?.();
		cancelTimer = null;
		if (isStopped || !state.isLeader || !isLive(state)) return;
		const now = core.clock.now();
		let soonest = Number.POSITIVE_INFINITY;
		const seen = new Set<string>();
		for (const entry of state.outbox) {
			const isOpen = entry.state === "waiting" || entry.state === "sending";
			if (!isOpen || seen.has(entry.chat)) continue;
			if (entry.target !== null && entry.target.seq === null) {
				findHome(entry);
				continue;
			}
			seen.add(entry.chat);
			if (busy.has(entry.chat)) continue;
			if (entry.nextAt <= now) void attempt(entry);
			else soonest = Math.min(soonest, entry.nextAt);
		}
		if (soonest < Number.POSITIVE_INFINITY) cancelTimer = core.clock.after(soonest - now, flush);
	}

	/**
	 * A change whose message has no place yet waits for it, or, when that one
	 * was refused, for the person. A message that is no longer here was stored
	 * while another tab led.
	 */
	function findHome(entry: OutboxEntry): void {
		const clientId = entry.target?.clientId ?? "";
		if (find(clientId) !== null) return;
		const seq = placed.get(clientId) ?? rowOf(core.store.getState(), entry.chat, clientId)?.seq;
		if (seq !== undefined) {
			void put({ ...entry, target: { seq, clientId } }).then(flush);
			return;
		}
		const error = { code: "message.not_found", detail: "" };
		void put({ ...entry, state: "failed", error });
	}

	async function attempt(entry: OutboxEntry): Promise<void> {
		busy.add(entry.chat);
		const asked: OutboxEntry = { ...entry, state: "sending", attempts: entry.attempts + 1 };
		const calm = core.clock.after(SILENCE_MS, deps.onSilence);
		try {
			await put(asked);
			succeeded(asked, await ask(asked));
		} catch (error) {
			failed(asked, error);
		} finally {
			calm();
			busy.delete(entry.chat);
			flush();
		}
	}

	async function ask(entry: OutboxEntry): Promise<Message | null> {
		const { chat, body, replyToSeq } = entry;
		if (entry.kind === "send") {
			const reply = replyToSeq === null ? {} : { reply_to_seq: replyToSeq };
			const sent = { chat, client_id: entry.id, body, ...reply };
			return (await core.socket.call("message.send", sent)).message;
		}
		const seq = entry.target?.seq ?? null;
		if (seq === null) return null;
		if (entry.kind === "edit") {
			return (await core.socket.call("message.edit", { chat, seq, body })).message;
		}
		await core.socket.call("message.delete", { chat, seq });
		return null;
	}

	function succeeded(entry: OutboxEntry, row: Message | null): void {
		if (isStopped) return;
		if (entry.kind === "send" && row !== null) resolveTargets(entry.id, row.seq);
		if (find(entry.id) !== null) {
			const stored = { seq: row?.seq ?? entry.target?.seq ?? 0, rev: row?.rev ?? 0 };
			const done: OutboxEntry = { ...entry, state: "stored", stored };
			core.store.update((state) => putEntry(state, done));
			deps.tabs.post({ kind: "put", entry: done });
			void deps.storage.dropEntry(entry.id).catch(() => undefined);
		}
		if (row !== null) deps.onStored(row);
		settle(entry.chat);
	}

	/** Drops an entry and the changes that were meant for it. */
	function discard(id: string): void {
		if (find(id)?.state === "sending") return;
		for (const entry of entries()) {
			if (entry.target?.clientId === id && entry.target.seq === null) drop(entry.id);
		}
		drop(id);
	}

	/** Edits and deletes that waited for their message to have a place. */
	function resolveTargets(clientId: string, seq: number): void {
		placed.set(clientId, seq);
		for (const entry of entries()) {
			if (entry.target?.clientId !== clientId || entry.target.seq !== null) continue;
			void put({ ...entry, target: { seq, clientId } });
		}
	}

	/**
	 * The tab that leads may have been done with an entry after we read it from
	 * the disk and before we could hear so. What left the disk meanwhile is over.
	 */
	async function forgetOver(read: readonly OutboxEntry[]): Promise<void> {
		if (isStopped) return;
		const kept = new Set((await deps.storage.entries()).map((entry) => entry.id));
		for (const { id } of read) {
			if (!kept.has(id) && find(id)?.stored === null) forget(id);
		}
	}

	function settle(chat: string): void {
		for (const entry of settled(core.store.getState(), chat)) finish(entry.id);
	}

	/** The server has it and shows it. The leader, who sent it, also clears the disk. */
	function finish(id: string): void {
		if (core.store.getState().isLeader) drop(id);
		else forget(id);
	}

	function failed(entry: OutboxEntry, error: unknown): void {
		if (isStopped || find(entry.id) === null) return;
		const isRefusal =
			isApiError(error) && error.status < 500 && error.status >= 400 && !PASSING.has(error.status);
		if (isRefusal && entry.kind === "delete" && error.status === 404) {
			drop(entry.id);
		} else if (isRefusal) {
			const reason = { code: error.code, detail: error.message };
			const refused: OutboxEntry = { ...entry, state: "failed", error: reason };
			void put(refused);
			core.notify({ kind: "failed", entry: refused });
		} else {
			const least = isApiError(error) ? (error.retryAfter ?? 0) * 1_000 : 0;
			const wait = Math.max(least, retryDelay(entry.attempts, core.clock.random));
			void put({ ...entry, state: "waiting", nextAt: core.clock.now() + wait });
		}
	}

	return {
		send: (chat, body, replyToSeq) => add({ kind: "send", chat, body, replyToSeq }),
		edit(chat, target, body) {
			const entry = unsent(target);
			if (entry === null) add({ kind: "edit", chat, body, target: toTarget(chat, target) });
			else void put({ ...entry, body }).then(flush);
		},
		remove(chat, target) {
			const entry = unsent(target);
			if (entry === null) add({ kind: "delete", chat, target: toTarget(chat, target) });
			else discard(entry.id);
		},
		retry(id) {
			const entry = find(id);
			if (entry?.state !== "failed") return;
			const last = entries().at(-1)?.createdAt ?? 0;
			const createdAt = Math.max(core.clock.now(), last + 1);
			void put({ ...entry, createdAt, state: "waiting", nextAt: 0, error: null }).then(flush);
		},
		discard,
		flush,
		hurry() {
			for (const entry of entries()) {
				if (entry.state !== "waiting" || entry.nextAt === 0) continue;
				core.store.update((state) => putEntry(state, { ...entry, nextAt: 0 }));
			}
			flush();
		},
		confirm(row) {
			if (row.client_id !== null && row.sender === core.store.getState().me?.id) {
				resolveTargets(row.client_id, row.seq);
				if (find(row.client_id) !== null) finish(row.client_id);
			}
			settle(row.chat);
		},
		settle,
		hear(entry) {
			if (gone.has(entry.id)) return;
			core.store.update((state) => putEntry(state, entry));
			settle(entry.chat);
			flush();
		},
		hearDrop: forget,
		async restore() {
			const read = await deps.storage.entries();
			for (const entry of read) {
				if (gone.has(entry.id) || find(entry.id) !== null) continue;
				core.store.update((state) => putEntry(state, entry));
				settle(entry.chat);
			}
			core.clock.after(JOINED_MS, () => void forgetOver(read).catch(() => undefined));
		},
		async takeOver() {
			const kept = await deps.storage.entries();
			for (const entry of entries()) {
				const isKept = kept.some((other) => other.id === entry.id);
				if (entry.state === "sending" && !isKept) drop(entry.id);
			}
			for (const entry of kept) {
				if (gone.has(entry.id)) {
					// Seen stored here, but the tab that led could not clear the disk any more.
					drop(entry.id);
					continue;
				}
				const left = entry.state === "sending" ? { ...entry, state: "waiting" as const } : entry;
				core.store.update((state) => putEntry(state, { ...left, nextAt: 0 }));
			}
			flush();
		},
		stop() {
			isStopped = true;
			cancelTimer?.();
		},
	};
}

function rowOf(state: State, chat: string, clientId: string): Message | null {
	for (const row of timelineOf(state, chat).bySeq.values()) {
		if (row.client_id === clientId) return row;
	}
	return null;
}

export function retryDelay(attempts: number, random: () => number): number {
	const base = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, attempts - 1));
	return base * (0.8 + 0.4 * random());
}
