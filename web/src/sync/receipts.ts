/**
 * Telling the server what was received and read.
 *
 * Marks rise here at once and travel at most once a second for each chat. The
 * server's own marks are compared after every sync, so one that was lost on
 * the way is told again.
 */
import { isApiError } from "@/api/client";
import { type Core, isLive } from "./core";
import { raiseMarks } from "./reducers/marks";
import { timelineOf, withChat } from "./state";
import type { ChatEntry, State } from "./types";

const PAUSE_MS = 1_000;

export type Receipts = {
	readonly markRead: (chat: string, seq: number) => void;
	/** Notes that messages have arrived in a chat. */
	readonly noteArrival: (chat: string) => void;
	/** Compares what the server said of our marks with ours, and tells it the difference. */
	readonly reconcile: (chat: string, serverReadSeq: number) => void;
	/** Tells what waits, now that there is a connection. */
	readonly flush: () => void;
	readonly stop: () => void;
};

export function createReceipts(core: Core): Receipts {
	const dueRead = new Map<string, number>();
	const dueDelivered = new Set<string>();
	let cancelTimer: (() => void) | null = null;
	let quietUntil = 0;

	function schedule(): void {
		if (cancelTimer !== null) return;
		// The clock may have been set back since.
		const wait = Math.min(PAUSE_MS, Math.max(0, quietUntil - core.clock.now()));
		cancelTimer = core.clock.after(wait, flush);
	}

	function flush(): void {
		cancelTimer?.();
		cancelTimer = null;
		const state = core.store.getState();
		if (!isLive(state)) return;
		if (dueRead.size === 0 && dueDelivered.size === 0) return;
		quietUntil = core.clock.now() + PAUSE_MS;
		const reads = [...dueRead];
		const arrivals = [...dueDelivered];
		dueRead.clear();
		dueDelivered.clear();
		for (const [chat, seq] of reads) void tell("chat.read", chat, seq);
		if (!state.isLeader) return;
		for (const chat of arrivals) {
			const entry = state.chats.get(chat);
			const isRead = reads.some(([other, seq]) => other === chat && seq >= (entry?.seq ?? 0));
			if (entry !== undefined && !isRead && isBehind(state, entry)) {
				void tell("chat.delivered", chat, entry.seq);
			}
		}
	}

	async function tell(name: "chat.read" | "chat.delivered", chat: string, seq: number) {
		try {
			await core.socket.call(name, { chat, seq });
			if (name === "chat.delivered") core.store.update((state) => delivered(state, chat, seq));
		} catch (error) {
			const isRefused = isApiError(error) && error.status < 500 && error.status !== 429;
			// A refusal is final. Silence is not: it is told again with the next flush.
			if (isRefused) return;
			if (name === "chat.read") dueRead.set(chat, Math.max(seq, dueRead.get(chat) ?? 0));
			else dueDelivered.add(chat);
		}
	}

	return {
		markRead(chat, seq) {
			const state = core.store.getState();
			const entry = state.chats.get(chat);
			if (entry === undefined || isPastUnseen(state, entry)) return;
			const upTo = Math.min(seq, entry.seq);
			if (upTo <= entry.read_seq) return;
			core.store.update((state) => read(state, chat, upTo));
			dueRead.set(chat, upTo);
			schedule();
		},
		noteArrival(chat) {
			dueDelivered.add(chat);
			schedule();
		},
		reconcile(chat, serverReadSeq) {
			const state = core.store.getState();
			const entry = state.chats.get(chat);
			if (entry === undefined) return;
			// What was hidden counts as read here, which is nobody else's affair.
			const toldSeq = Math.max(serverReadSeq, entry.mine.hidden_upto_seq);
			if (entry.read_seq > toldSeq) dueRead.set(chat, entry.read_seq);
			if (isBehind(state, entry)) dueDelivered.add(chat);
		},
		flush,
		stop() {
			cancelTimer?.();
			cancelTimer = null;
		},
	};
}

/** Whether unread rows were left out above what is shown, and not because somebody jumped. */
function isPastUnseen(state: State, entry: ChatEntry): boolean {
	const { isStandIn, window } = timelineOf(state, entry.id);
	const firstUnread = Math.max(entry.read_seq + 1, entry.first_seq);
	return isStandIn && (window === null || window.from > firstUnread);
}

function isBehind(state: State, entry: ChatEntry): boolean {
	const mine = state.me === null ? undefined : entry.members.get(state.me.id);
	return mine !== undefined && mine.left_at === null && mine.delivered_seq < entry.seq;
}

function read(state: State, chat: string, seq: number): State {
	const entry = state.chats.get(chat);
	if (entry === undefined || state.me === null) return state;
	const n = seq >= entry.seq ? entry.n : timelineOf(state, chat).bySeq.get(seq)?.n;
	// Without the row its countable number is unknown: the server's receipt will tell both.
	if (n === undefined) return state;
	const marks = { read_seq: seq, read_n: n, delivered_seq: seq };
	return withChat(state, raiseMarks(entry, state.me.id, marks, state.me.id));
}

function delivered(state: State, chat: string, seq: number): State {
	const entry = state.chats.get(chat);
	if (entry === undefined || state.me === null) return state;
	const marks = { read_seq: 0, read_n: 0, delivered_seq: seq };
	return withChat(state, raiseMarks(entry, state.me.id, marks, state.me.id));
}
