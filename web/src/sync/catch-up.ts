/**
 * The sync call: says what is held, takes what was missed; and the check, which
 * asks whether anything was.
 *
 * What must hold: the socket subscribed before this asks, so whatever happens
 * after the server's answer arrives as an event; and when the answer starts
 * afresh (the epoch changed with a restored backup, or the account's log does
 * not reach back) nothing held before it counts.
 */
import type { SyncAnswer, SyncRequest } from "@/api/wire.gen";
import type { AccountLog } from "./account-log";
import { type Core, isConnected } from "./core";
import type { Inbox, InboxHooks } from "./inbox";
import type { Receipts } from "./receipts";
import { applySyncChat } from "./reducers/chats";
import { marksOf } from "./reducers/marks";
import { inEpoch } from "./reducers/mine";
import { nextSession } from "./session-machine";
import type { State } from "./types";

/** Answers come fifty chats at a time; more rounds than this is a server that contradicts itself. */
const MAX_ROUNDS = 200;
/** The server's limit of chats in one check. */
const MOST_CHECKED = 200;

export type CatchUpDeps = {
	readonly log: AccountLog;
	readonly receipts: Receipts;
	readonly onRow: InboxHooks["onRow"];
	readonly onCaughtUp: InboxHooks["onCaughtUp"];
	readonly onGone: (chat: string) => void;
	/** The cache was of another epoch and is gone. */
	readonly onForget: () => void;
};

export async function catchUpAll(core: Core, deps: CatchUpDeps): Promise<void> {
	// Chats answered in an earlier round are asked about in the server's own
	// numbers: marks that are ahead of it here must not take the place of others.
	const told: SyncRequest["chats"] = {};
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const asked = toRequest(core.store.getState(), told);
		const answer = await core.socket.call("sync", asked);
		if (!isConnected(core.store.getState())) return;
		if (answer.reset || (asked.epoch !== null && answer.epoch !== asked.epoch)) {
			core.store.update(forget);
			deps.onForget();
			core.notify({ kind: "reset" });
		}
		applyAnswer(core, deps, answer);
		for (const chat of answer.chats) told[chat.id] = [chat.rev, chat.seq, chat.marks];
		if (answer.more.length === 0 || answer.chats.length === 0) return;
	}
}

function toRequest(state: State, told: SyncRequest["chats"]): SyncRequest {
	const chats: SyncRequest["chats"] = {};
	for (const entry of state.chats.values()) {
		chats[entry.id] = told[entry.id] ?? [entry.rev, entry.seq, marksOf(entry)];
	}
	return { epoch: state.epoch, arev: state.arev, chats };
}

function applyAnswer(core: Core, deps: CatchUpDeps, answer: SyncAnswer): void {
	core.store.update((state) => {
		const { epoch } = answer;
		const wishes = [...state.wishes].map(([chat, wish]) => [chat, inEpoch(wish, epoch)] as const);
		let next: State = { ...state, epoch, wishes: new Map(wishes) };
		for (const chat of answer.chats) next = applySyncChat(next, chat);
		const now = core.clock.now();
		return { ...next, session: nextSession(next.session, { kind: "restored" }, now) };
	});
	for (const chat of answer.gone) deps.onGone(chat);
	for (const chat of answer.chats) {
		for (const row of chat.messages) deps.onRow(row, false);
		deps.receipts.reconcile(chat.id, chat.read_seq);
		deps.onCaughtUp(chat.id);
	}
	deps.log.catchUp(answer.events, answer.arev);
}

/** Keeps who we are and what still waits to be sent, nothing else. */
function forget(state: State): State {
	return {
		...state,
		arev: 0,
		chats: new Map(),
		timelines: new Map(),
		typing: new Map(),
		outbox: state.outbox.filter((entry) => entry.stored === null),
	};
}

/** Asks how far the server is, and fetches the chats that are behind. */
export async function isLogBehind(core: Core, inbox: Inbox): Promise<boolean> {
	const state = core.store.getState();
	const chats = [...state.chats.values()].sort((a, b) => b.last_at - a.last_at);
	const open = chats.slice(0, MOST_CHECKED).map((chat): [string, number] => [chat.id, chat.rev]);
	const answer = await core.socket.call("sync.check", { arev: state.arev, open });
	for (const chat of answer.stale) void inbox.catchUp(chat);
	return answer.arev > core.store.getState().arev;
}
