/**
 * The sync call: says what is held, takes what was missed.
 *
 * What must hold: the socket subscribed before this asks, so whatever happens
 * after the server's answer arrives as an event; and when the answer starts
 * afresh (the epoch changed with a restored backup, or the account's log does
 * not reach back) nothing held before it counts.
 */
import type { SyncAnswer, SyncRequest } from "@/api/wire.gen";
import type { AccountLog } from "./account-log";
import { type Core, isConnected } from "./core";
import type { InboxHooks } from "./inbox";
import type { Receipts } from "./receipts";
import { applySyncChat, dropChat } from "./reducers/chats";
import { marksOf } from "./reducers/marks";
import { nextSession } from "./session-machine";
import type { State } from "./types";

/** Answers come fifty chats at a time; more rounds than this is a server that contradicts itself. */
const MAX_ROUNDS = 200;

export type CatchUpDeps = {
	readonly log: AccountLog;
	readonly receipts: Receipts;
	readonly onRow: InboxHooks["onRow"];
	/** The cache was of another epoch and is gone. */
	readonly onForget: () => void;
};

export async function catchUpAll(core: Core, deps: CatchUpDeps): Promise<void> {
	let waiting = "";
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const asked = toRequest(core.store.getState());
		const answer = await core.socket.call("sync", asked);
		if (!isConnected(core.store.getState())) return;
		if (answer.reset || (asked.epoch !== null && answer.epoch !== asked.epoch)) {
			core.store.update(forget);
			deps.onForget();
			core.notify({ kind: "reset" });
		}
		applyAnswer(core, deps, answer);
		const left = answer.more.map((chat) => chat.id).join(" ");
		if (left === "" || left === waiting) return;
		waiting = left;
	}
}

function toRequest(state: State): SyncRequest {
	const chats: SyncRequest["chats"] = {};
	for (const entry of state.chats.values()) {
		chats[entry.id] = [entry.rev, entry.seq, marksOf(entry)];
	}
	return { epoch: state.epoch, arev: state.arev, chats };
}

function applyAnswer(core: Core, deps: CatchUpDeps, answer: SyncAnswer): void {
	core.store.update((state) => {
		let next: State = { ...state, epoch: answer.epoch };
		for (const chat of answer.chats) next = applySyncChat(next, chat);
		for (const chat of answer.gone) next = dropChat(next, chat);
		const now = core.clock.now();
		return { ...next, session: nextSession(next.session, { kind: "restored" }, now) };
	});
	for (const chat of answer.chats) {
		for (const row of chat.messages) deps.onRow(row, false);
		deps.receipts.reconcile(chat.id, chat.read_seq);
	}
	deps.log.catchUp(answer.events, answer.arev);
}

/** Keeps who we are and what waits to be sent, nothing else. */
function forget(state: State): State {
	return {
		...state,
		arev: 0,
		chats: new Map(),
		timelines: new Map(),
		typing: new Map(),
	};
}
