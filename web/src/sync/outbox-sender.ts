/**
 * Sends what waits in the outbox. Only the leading tab does so.
 *
 * What must hold: within a chat changes are sent one after the other, in the
 * order of `outbox-line.ts`; each is on this device's disk, its attempt counted,
 * before it leaves; and nothing is sent before the disk was read, for the tab
 * that led before may have been done with it.
 */
import { type ApiError, isApiError } from "@/api/client";
import type { Message } from "@/api/wire.gen";
import { type Core, isLive } from "./core";
import { isTakenBack, lineOf } from "./outbox-line";
import type { Replica } from "./outbox-replica";
import type { Targets } from "./outbox-targets";
import { toStored } from "./reducers/outbox";
import { createTimers } from "./timers";
import type { OutboxEntry } from "./types";

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** A sending that has no answer after this long may have nobody to answer it. */
const SILENCE_MS = 2_000;
/** Answers that say "later" rather than "no". */
const PASSING = new Set([401, 408, 425, 429]);
/** Refusals of an edit for what came after it. */
const PASSED = new Set(["message.changed", "message.deleted"]);

export type Sender = {
	/** True while this tab leads and knows what the one before it left. */
	readonly isLeading: () => boolean;
	readonly lead: () => Promise<void>;
	readonly follow: () => void;
	/** Sends what may be sent now. Harmless to call at any time. */
	readonly flush: () => void;
	/** The server holds the message: another body that it was given since is an edit of it. */
	readonly noteStored: (id: string) => void;
	/** Nobody waits out a delay that was meant for an earlier connection. */
	readonly hurry: () => void;
	readonly stop: () => void;
};

export type SenderDeps = {
	readonly replica: Replica;
	readonly targets: Targets;
	/** The server takes longer to answer than one that is there does. */
	readonly onSilence: () => void;
	/** The login is over by what the disk says: nobody is told any more what waited in it. */
	readonly isLeft: () => boolean;
	/** The message was given this body as another tab sent it with the one it had before. */
	readonly onAmended: (entry: OutboxEntry) => void;
	/** The message was deleted in another tab, or by the page before, and never left this device. */
	readonly onTakenBack: (id: string) => void;
	/** The person may yet say that it is not to be sent. */
	readonly isHeld: (id: string) => boolean;
	/** An acknowledged row goes the way of every event. */
	readonly onStored: (row: Message) => void;
};

export function createSender(core: Core, deps: SenderDeps): Sender {
	const { replica, targets, onSilence, onStored } = deps;
	/** Chats with a call on its way. */
	const busy = new Set<string>();
	/** The body with which each was last handed to the server. */
	const carried = new Map<string, string>();
	/** Entries that wait before the next attempt. */
	const resting = createTimers<string>(core.clock);
	let hasLooked = false;
	let isStopped = false;

	const entries = () => core.store.getState().outbox;
	const isLeading = () => !isStopped && hasLooked && core.store.getState().isLeader;

	function flush(): void {
		if (!isLeading() || !isLive(core.store.getState())) return;
		const { epoch } = core.store.getState();
		for (const { id } of targets.refusedTooSoon())
			void replica.change(id, { state: "waiting", error: null });
		const seen = new Set<string>();
		for (const entry of lineOf(entries())) {
			if (seen.has(entry.chat)) continue;
			const { target } = entry;
			if (target !== null && (target.seq === null || entry.epoch !== epoch)) {
				void targets.findHome(entry)?.then(flush);
				continue;
			}
			if (isTakenBack(entry, entries())) {
				deps.onTakenBack(entry.id);
				continue;
			}
			seen.add(entry.chat);
			const isIdle = !busy.has(entry.chat) && !resting.has(entry.id);
			if (isIdle && !deps.isHeld(entry.id)) void attempt(entry);
		}
	}

	async function attempt(entry: OutboxEntry): Promise<void> {
		const { id, chat, attempts } = entry;
		busy.add(chat);
		const calm = core.clock.after(SILENCE_MS, onSilence);
		try {
			// A repeat is of the version that the first attempt was of.
			const seenRev = attempts === 0 ? targets.seenRev(entry) : entry.seenRev;
			const asked = await replica.change(id, { state: "sending", attempts: attempts + 1, seenRev });
			// Taken back meanwhile, or another tab's to send.
			if (asked !== null && isLeading() && !deps.isLeft()) await carry(asked);
		} finally {
			calm();
			busy.delete(chat);
			flush();
		}
	}

	/** The answer says so, or the row, which may come before it. */
	function noteStored(id: string): void {
		const body = carried.get(id);
		const held = replica.find(id);
		carried.delete(id);
		const isAmended = held !== null && held.firstBody !== null && held.body !== body;
		if (body !== undefined && isAmended) deps.onAmended(held);
	}

	async function carry(entry: OutboxEntry): Promise<void> {
		let row: Message | null;
		carried.set(entry.id, entry.body);
		try {
			row = await ask(core, entry);
		} catch (error) {
			if (isApiError(error) && error.code === "message.client_id_reused") taken(entry);
			else failed(entry, error);
			return;
		}
		if (isStopped) return;
		noteStored(entry.id);
		const seq = entry.target?.seq ?? 0;
		const stored = row === null ? { seq, rev: 0, ownRev: 0 } : toStored(row, entry.kind);
		void replica.store(entry.id, stored);
		if (row !== null) onStored(row);
	}

	/** True when what was asked for is done, or of no more use. */
	function isMoot(entry: OutboxEntry, error: ApiError): boolean {
		if (entry.kind === "delete") return error.status === 404;
		const hiddenUpTo = core.store.getState().chats.get(entry.chat)?.mine.hidden_upto_seq ?? 0;
		const seq = entry.target?.seq ?? null;
		if (error.code === "message.not_found" && seq !== null && seq <= hiddenUpTo) return true;
		return entry.kind === "edit" && PASSED.has(error.code) && targets.isOutdone(entry);
	}

	/**
	 * The server holds the message with another body. As it was first written it
	 * is known there, and its place is told; the later body is an edit of it.
	 * Where there is no later one, another tab's was sent.
	 */
	function taken(entry: OutboxEntry): void {
		if (isStopped) return;
		const { id, firstBody } = entry;
		if (firstBody === null) {
			void replica.end(id);
			return;
		}
		void replica.change(id, { body: firstBody, firstBody: null, bodyAt: 0, state: "waiting" });
		deps.onAmended(entry);
	}

	function failed(entry: OutboxEntry, error: unknown): void {
		// The tab that leads by now asks for itself.
		if (!isLeading() || replica.find(entry.id)?.stored !== null) return;
		const isRefusal =
			isApiError(error) && error.status < 500 && error.status >= 400 && !PASSING.has(error.status);
		if (isRefusal && isMoot(entry, error)) {
			void replica.end(entry.id);
		} else if (isRefusal) {
			const reason = { code: error.code, detail: error.message };
			// A reaction is asked for again by the same press; nothing of it needs to be kept.
			if (entry.kind === "react") void replica.end(entry.id);
			else void replica.change(entry.id, { state: "failed", error: reason });
			core.notify({ kind: "failed", entry: { ...entry, state: "failed", error: reason } });
		} else {
			const least = isApiError(error) ? (error.retryAfter ?? 0) * 1_000 : 0;
			resting.set(entry.id, Math.max(least, retryDelay(entry.attempts, core.clock.random)), flush);
			void replica.change(entry.id, { state: "waiting" });
		}
	}

	return {
		isLeading,
		async lead() {
			await replica.look();
			if (isStopped || !core.store.getState().isLeader) return;
			hasLooked = true;
			for (const { id, chat, state } of entries()) {
				const isLeft = state === "sending" && !busy.has(chat);
				if (isLeft) void replica.change(id, { state: "waiting" });
			}
			flush();
		},
		follow() {
			hasLooked = false;
			resting.clearAll();
		},
		flush,
		noteStored,
		hurry() {
			resting.clearAll();
			flush();
		},
		stop() {
			isStopped = true;
			resting.clearAll();
		},
	};
}

/** One entry as a call of the server; the row as it is by then, where the answer has it. */
async function ask(core: Core, entry: OutboxEntry): Promise<Message | null> {
	const { chat, body, replyToSeq } = entry;
	if (entry.kind === "send") {
		const hasReply = replyToSeq !== null && entry.epoch === core.store.getState().epoch;
		const reply = hasReply ? { reply_to_seq: replyToSeq } : {};
		const sent = { chat, client_id: entry.id, body, ...reply };
		return (await core.socket.call("message.send", sent)).message;
	}
	const seq = entry.target?.seq ?? null;
	if (seq === null) return null;
	if (entry.kind === "react") {
		if (entry.reaction === null) return null;
		return (await core.socket.call("reaction.set", { chat, seq, ...entry.reaction })).message;
	}
	if (entry.kind === "edit") {
		const edit = { chat, seq, body, seen_rev: entry.seenRev };
		return (await core.socket.call("message.edit", edit)).message;
	}
	await core.socket.call("message.delete", { chat, seq });
	return null;
}

export function retryDelay(attempts: number, random: () => number): number {
	const base = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, attempts - 1));
	return base * (0.8 + 0.4 * random());
}
