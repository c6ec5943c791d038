/**
 * Text that was typed and not sent, kept per account and chat.
 *
 * Kept in `localStorage`, because only a synchronous write survives a page
 * that is being closed. Sending clears a draft at once and for good: a write
 * that was still waiting is called off, so sent text never comes back. A chat
 * that is deleted, on whichever device, takes its draft along.
 */
import type { Clock } from "./clock";
import { isEmpty } from "./selectors";
import { without } from "./state";
import type { Store } from "./store";
import type { Draft, State } from "./types";

const WRITE_MS = 300;

type Saved = { readonly body: string; readonly replyToSeq?: number | null };

export type Drafts = {
	readonly save: (chat: string, draft: Saved) => void;
	readonly clear: (chat: string) => void;
	/** Writes what waits: the page may go away. */
	readonly flush: () => void;
	readonly restore: () => void;
	/** Takes what another tab wrote. */
	readonly hear: (key: string | null) => void;
	readonly wipe: () => void;
	/** Calls off what waits to be written. */
	readonly stop: () => void;
};

export type KeyValue = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export type DraftDeps = { store: Store<State>; clock: Clock; disk: KeyValue; account: string };

export function createDrafts({ store, clock, disk, account }: DraftDeps): Drafts {
	const prefix = `tidings.draft.${account}.`;
	const waiting = new Map<string, () => void>();
	let unsubscribe = () => {};
	/** The chats as the drafts were last held against them. */
	let seen: State["chats"] | null = null;

	function place(chat: string, draft: Draft | null): void {
		store.update((state) => {
			if (draft === null) return { ...state, drafts: without(state.drafts, chat) };
			return { ...state, drafts: new Map(state.drafts).set(chat, draft) };
		});
	}

	function write(chat: string): void {
		waiting.get(chat)?.();
		waiting.delete(chat);
		const draft = store.getState().drafts.get(chat);
		try {
			if (draft === undefined) disk.removeItem(prefix + chat);
			else disk.setItem(prefix + chat, JSON.stringify(draft));
		} catch {
			// A full disk costs the draft its survival of a reload, nothing else.
		}
	}

	function clear(chat: string): void {
		place(chat, null);
		write(chat);
	}

	/** What came since the deletion was not meant by it, and neither is what is written to it. */
	function dropDeleted(): void {
		const { chats, drafts } = store.getState();
		if (chats === seen) return;
		seen = chats;
		for (const [id, draft] of drafts) {
			const chat = chats.get(id);
			const upTo = chat?.mine.hidden_upto_seq ?? 0;
			if (chat === undefined || upTo <= draft.hiddenUpTo) continue;
			if (isEmpty(chat)) clear(id);
			else if ((draft.replyToSeq ?? upTo + 1) <= upTo) save(id, { body: draft.body });
		}
	}

	function save(chat: string, { body, replyToSeq = null }: Saved): void {
		if (body === "" && replyToSeq === null) {
			clear(chat);
			return;
		}
		const hiddenUpTo = store.getState().chats.get(chat)?.mine.hidden_upto_seq ?? 0;
		place(chat, { body, replyToSeq, updatedAt: clock.now(), hiddenUpTo });
		if (!waiting.has(chat))
			waiting.set(
				chat,
				clock.after(WRITE_MS, () => write(chat)),
			);
	}

	function chatsOnDisk(): string[] {
		const keys = Array.from({ length: disk.length }, (_, index) => disk.key(index) ?? "");
		return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
	}

	function stop(): void {
		unsubscribe();
		for (const cancel of waiting.values()) cancel();
		waiting.clear();
	}

	function readOne(chat: string): void {
		place(chat, parseDraft(disk.getItem(prefix + chat)));
	}

	return {
		save,
		clear,
		flush() {
			for (const chat of [...waiting.keys()]) write(chat);
		},
		restore() {
			for (const chat of chatsOnDisk()) readOne(chat);
			dropDeleted();
			unsubscribe = store.subscribe(dropDeleted);
		},
		hear(key) {
			if (key?.startsWith(prefix) !== true) return;
			const chat = key.slice(prefix.length);
			// Words typed here a moment ago are newer than what the other tab wrote.
			if (!waiting.has(chat)) readOne(chat);
		},
		wipe() {
			stop();
			for (const chat of chatsOnDisk()) disk.removeItem(prefix + chat);
		},
		stop,
	};
}

/** A draft from disk, unless it is not one: the disk may hold anything. */
export function parseDraft(text: string | null): Draft | null {
	if (text === null) return null;
	try {
		const { body, replyToSeq, updatedAt, hiddenUpTo = 0 } = JSON.parse(text) as Partial<Draft>;
		if (typeof body !== "string" || typeof updatedAt !== "number") return null;
		const reply = typeof replyToSeq === "number" ? replyToSeq : null;
		return { body, updatedAt, hiddenUpTo, replyToSeq: reply };
	} catch {
		return null;
	}
}
