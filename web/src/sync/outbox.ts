/**
 * Changes on their way to the server: messages, edits, deletes and reactions.
 *
 * What one may ask for, and when it is done. How the copies of an entry agree
 * stands in `outbox-replica.ts`, how it is sent in `outbox-sender.ts`. A
 * message keeps its client id through every retry, so that the server stores
 * it once.
 */
import type { Message } from "@/api/wire.gen";
import { uuidv7 } from "@/lib/ids";
import type { Core } from "./core";
import { createLeaderWatch } from "./leader-watch";
import { createAmendments } from "./outbox-amendments";
import { createReplica } from "./outbox-replica";
import { createSender, type SenderDeps } from "./outbox-sender";
import { createTakeBack } from "./outbox-take-back";
import { createTargets, type Target } from "./outbox-targets";
import type { Storage } from "./persistence";
import { editsDoneBy, refusedOfHidden, settled, toStored } from "./reducers/outbox";
import { timelineOf } from "./state";
import type { OutboxNews, Tabs } from "./tabs";
import type { OutboxEntry } from "./types";

export type Outbox = {
	readonly send: (chat: string, body: string, replyToSeq: number | null) => string;
	readonly edit: (chat: string, target: Target, body: string) => void;
	readonly remove: (chat: string, target: Target) => void;
	/**
	 * While it is held it is not sent, nor what was written to its chat after it.
	 * False where another tab sends, which knows nothing of it.
	 */
	readonly hold: (id: string, isHeld: boolean) => boolean;
	readonly react: (chat: string, seq: number, reaction: Reaction) => void;
	readonly retry: (id: string) => void;
	readonly discard: (id: string) => void;
	/** The connection is back: nobody waits out a delay that was meant for the old one. */
	readonly hurry: () => void;
	/** The timeline has a row: whatever brought it here is done. */
	readonly confirm: (row: Message) => void;
	/** Takes what another tab tells. */
	readonly hear: (news: OutboxNews & { readonly isAll: boolean }) => void;
	/** Shows what waits on this device, whichever tab will send it. */
	readonly restore: () => Promise<void>;
	/** Goes on with what an earlier tab left, as the one who sends from now on. */
	readonly lead: () => Promise<void>;
	readonly follow: () => void;
	readonly stop: () => void;
};

type Reaction = NonNullable<OutboxEntry["reaction"]>;

type Hooks = Omit<SenderDeps, "replica" | "targets" | "onAmended" | "onTakenBack" | "isHeld">;

export type OutboxDeps = Hooks & {
	readonly storage: Storage;
	readonly tabs: Tabs;
};

const BLANK = {
	version: 0,
	body: "",
	firstBody: null,
	bodyAt: 0,
	replyToSeq: null,
	reaction: null,
	target: null,
	seenRev: 0,
	state: "waiting",
	attempts: 0,
	error: null,
	stored: null,
} as const;

export function createOutbox(core: Core, { storage, tabs, ...hooks }: OutboxDeps): Outbox {
	const held = new Set<string>();
	const replica = createReplica(core, storage, tabs);
	const targets = createTargets(core, replica);
	const sender = createSender(core, {
		...hooks,
		replica,
		targets,
		onAmended: (entry) => amendments.toEdit(entry),
		onTakenBack: discard,
		isHeld: (id) => held.has(id),
	});
	const amendments = createAmendments({
		replica,
		timeOfAsking,
		addEdit: ({ id, chat }, edit) => addEdit(chat, { clientId: id }, edit),
	});
	const takeBack = createTakeBack(core, { storage, replica, addDelete, flush: sender.flush });
	const leader = createLeaderWatch(core, tabs);
	const { find } = replica;
	const entries = () => core.store.getState().outbox;

	// Whatever moves the rows may be what an entry waited for: an event, a page,
	// a catch-up, and the reader who leaves the rows.
	const unsubscribe = core.store.subscribe(() => {
		for (const entry of settled(core.store.getState())) replica.forget(entry.id);
		if (!sender.isLeading()) return;
		for (const entry of refusedOfHidden(core.store.getState())) void replica.end(entry.id);
		// Not amid a flush, which moves the store itself.
		if (targets.refusedTooSoon().length > 0) queueMicrotask(sender.flush);
	});

	/** After all that was asked for before, whatever the clock says. */
	function timeOfAsking(): number {
		const askedAt = entries().map(({ createdAt, bodyAt }) => Math.max(createdAt, bodyAt));
		return Math.max(core.clock.now(), ...askedAt.map((ms) => ms + 1));
	}

	function add(entry: Partial<OutboxEntry> & Pick<OutboxEntry, "kind" | "chat">): string {
		const id = uuidv7(core.clock.now());
		const { epoch } = core.store.getState();
		const full = { ...BLANK, id, epoch, createdAt: timeOfAsking(), ...entry };
		void replica.add(full).then(sender.flush);
		leader.mind(full.chat);
		return full.id;
	}

	function addEdit(chat: string, target: Target, edit: Partial<OutboxEntry>): void {
		add({ kind: "edit", chat, ...edit, ...targets.toTarget(chat, target) });
	}

	/** A message that was never handed to the server may still be changed where it stands. */
	function unsent(target: Target): OutboxEntry | null {
		const entry = "clientId" in target ? find(target.clientId) : null;
		const isUntouched = entry?.state === "failed" || entry?.attempts === 0;
		return isUntouched && sender.isLeading() ? entry : null;
	}

	function confirmEdits(row: Message): void {
		if (!sender.isLeading()) return;
		const stored = toStored(row, "edit");
		for (const { id } of editsDoneBy(row, core.store.getState())) void replica.store(id, stored);
	}

	/** Drops an entry, a message with the changes that were meant for it. */
	function discard(id: string): void {
		const entry = find(id);
		if (entry === null || entry.state === "sending") return;
		amendments.forget(id);
		held.delete(id);
		if (entry.kind === "send") void takeBack(entry);
		else void replica.end(id);
	}

	function addDelete(chat: string, target: Target): void {
		add({ kind: "delete", chat, ...targets.toTarget(chat, target) });
	}

	return {
		send: (chat, body, replyToSeq) => add({ kind: "send", chat, body, replyToSeq }),
		edit(chat, target, body) {
			const entry = targets.isAwaited(target) ? null : unsent(target);
			if (entry === null) addEdit(chat, target, { body });
			else void amendments.amend(entry, body).then(sender.flush);
		},
		remove(chat, target) {
			const entry = unsent(target);
			if ("clientId" in target) held.delete(target.clientId);
			if (entry === null) addDelete(chat, target);
			else discard(entry.id);
			sender.flush();
		},
		hold(id, isHeld) {
			if (isHeld) held.add(id);
			else held.delete(id);
			sender.flush();
			return sender.isLeading();
		},
		// What is asked for is a state, so asking for one after the other is as good as for the last.
		react(chat, seq, reaction) {
			add({ kind: "react", chat, reaction, ...targets.toTarget(chat, { seq }) });
		},
		retry(id) {
			const held = find(id);
			if (held?.state !== "failed") return;
			// Whoever asks again has seen what the row says by now.
			const row = timelineOf(core.store.getState(), held.chat).bySeq.get(held.target?.seq ?? 0);
			const seenRev = row?.rev ?? held.seenRev;
			const fresh = { createdAt: timeOfAsking(), attempts: 0 };
			const again = { ...fresh, seenRev, state: "waiting", error: null } as const;
			void replica.change(id, again).then(sender.flush);
		},
		discard,
		hurry: sender.hurry,
		confirm(row) {
			const { client_id, sender: by } = row;
			if (by !== core.store.getState().me?.id) return;
			confirmEdits(row);
			if (client_id === null) return;
			replica.note(row);
			amendments.confirm(row);
			sender.noteStored(client_id);
			// Whoever leads has its sending off the disk as well.
			if (sender.isLeading()) void replica.store(client_id, toStored(row));
			else if (find(client_id) !== null) replica.forget(client_id);
			sender.flush();
		},
		hear({ isAll, ...news }) {
			for (const entry of news.entries) amendments.hear(entry);
			replica.hear(news, isAll);
			sender.flush();
			for (const entry of news.entries) leader.mind(entry.chat);
		},
		async restore() {
			await replica.look();
			for (const entry of entries()) leader.mind(entry.chat);
		},
		lead: sender.lead,
		follow: sender.follow,
		stop() {
			leader.stop();
			unsubscribe();
			sender.stop();
			replica.stop();
		},
	};
}
