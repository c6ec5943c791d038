/**
 * What one asked of a chat for oneself, on its way to the server: to mute it,
 * to pin it, to put it away, to mark it as unread, to delete what is in it.
 *
 * Kept in `localStorage` as drafts are, one wish for each chat, so that the
 * disk says in one turn what still waits. A wish may be told twice without
 * harm. The tab that was asked tells it; the leading one tells what a tab left
 * that went away.
 */
import { setMine } from "@/api/chats";
import { isApiError } from "@/api/client";
import { uuidv7 } from "@/lib/ids";
import { type Core, isLive } from "./core";
import type { KeyValue } from "./drafts";
import { retryDelay } from "./outbox-sender";
import { applyMine, inEpoch, placeWish } from "./reducers/mine";
import { isOpen } from "./reducers/outbox";
import { createTimers } from "./timers";
import type { MineChange, State, Wish } from "./types";

/** How long a tab may take to tell what it was asked before the leading one does. */
const ASKED_MS = 5_000;
/** How long a wish to hide lets earlier changes go first. */
const LATER_MS = 3_000;
/** Answers that say "later" rather than "no". */
const PASSING = new Set([401, 408, 409, 425, 429]);

export type Wishes = {
	readonly ask: (chat: string, change: MineChange) => void;
	/** Nobody waits out a delay that was meant for an earlier connection, or an earlier leader. */
	readonly hurry: () => void;
	readonly restore: () => void;
	/** Takes what another tab wrote; null: it may have been anything. */
	readonly hear: (key: string | null) => void;
	readonly wipe: () => void;
	readonly stop: () => void;
};

export type WishDeps = {
	readonly disk: KeyValue;
	readonly account: string;
	/** The login is over by what the disk says: nobody is told any more what waited in it. */
	readonly isLeft: () => boolean;
};

export function createWishes(core: Core, { disk, account, isLeft }: WishDeps): Wishes {
	const { store, clock } = core;
	const shelf = createShelf(disk, `tidings.mine.${account}.`);
	const timers = createTimers<string>(clock);
	const busy = new Set<string>();
	/** Chats of which this tab was asked something. */
	const asked = new Set<string>();
	const attempts = new Map<string, number>();
	/** Wishes that have let others go first. */
	const waited = new Set<string>();
	let isStopped = false;

	function look(chat: string): Wish | null {
		const held = shelf.read(chat);
		const wish = held && inEpoch(held, store.getState().epoch);
		const shown = store.getState().wishes.get(chat);
		if (shown?.id !== wish?.id) store.update((state) => placeWish(state, chat, wish));
		return wish;
	}

	async function tell(chat: string): Promise<void> {
		if (isStopped || busy.has(chat) || timers.has(chat)) return;
		const wish = look(chat);
		if (wish === null || !isLive(store.getState()) || isLeft()) return;
		if (!waited.has(wish.id) && isTooEarly(store.getState(), chat, wish)) {
			waited.add(wish.id);
			timers.set(chat, LATER_MS, () => void tell(chat));
			return;
		}
		busy.add(chat);
		try {
			const mine = await setMine(core.api, chat, wish.change);
			if (isStopped) return;
			store.update((state) => applyMine(state, chat, mine));
			end(chat, wish);
		} catch (error) {
			if (!isStopped) failed(chat, wish, error);
		} finally {
			busy.delete(chat);
		}
		// More may have been asked meanwhile.
		void tell(chat);
	}

	function end(chat: string, wish: Wish): void {
		attempts.delete(chat);
		if (shelf.read(chat)?.id !== wish.id) return;
		shelf.remove(chat);
		asked.delete(chat);
		look(chat);
	}

	function failed(chat: string, wish: Wish, error: unknown): void {
		const isRefused =
			isApiError(error) && error.status >= 400 && error.status < 500 && !PASSING.has(error.status);
		if (isRefused) {
			end(chat, wish);
			core.notify({ kind: "wish-refused", chat });
			return;
		}
		const count = (attempts.get(chat) ?? 0) + 1;
		attempts.set(chat, count);
		const least = isApiError(error) ? (error.retryAfter ?? 0) * 1_000 : 0;
		timers.set(chat, Math.max(least, retryDelay(count, clock.random)), () => void tell(chat));
	}

	function hearOf(chat: string): void {
		if (look(chat) === null || asked.has(chat) || timers.has(chat)) return;
		timers.set(chat, ASKED_MS, () => {
			if (store.getState().isLeader) void tell(chat);
		});
	}

	return {
		ask(chat, change) {
			const { epoch } = store.getState();
			const held = shelf.read(chat);
			// A tab that has not heard of a restored backup keeps what was hidden since in another.
			const isPlace = change.hidden_upto_seq !== undefined;
			const before = held === null || isPlace ? { ...look(chat), epoch } : held;
			const whole = { ...before.change, ...change };
			shelf.write(chat, { id: uuidv7(clock.now()), change: whole, epoch: before.epoch ?? epoch });
			asked.add(chat);
			timers.clear(chat);
			look(chat);
			void tell(chat);
		},
		hurry() {
			timers.clearAll();
			const { isLeader, wishes } = store.getState();
			for (const chat of wishes.keys()) if (isLeader || asked.has(chat)) void tell(chat);
		},
		restore() {
			for (const chat of shelf.chats()) look(chat);
		},
		hear(key) {
			const chats = key === null ? [...shelf.chats(), ...store.getState().wishes.keys()] : [key];
			for (const one of chats) {
				const chat = key === null ? one : shelf.chatOf(one);
				if (chat !== null) hearOf(chat);
			}
		},
		wipe() {
			for (const chat of shelf.chats()) shelf.remove(chat);
		},
		stop() {
			isStopped = true;
			timers.clearAll();
		},
	};
}

/** Of a hidden message nothing can be asked any more, so what was asked before goes first. */
function isTooEarly({ outbox }: State, chat: string, { change }: Wish): boolean {
	if (change.hidden_upto_seq === undefined) return false;
	return outbox.some((entry) => entry.chat === chat && entry.kind !== "send" && isOpen(entry));
}

/** The wishes on the disk, by chat. */
function createShelf(disk: KeyValue, prefix: string) {
	/** Those that a full disk did not take: they live as long as the tab. */
	const homeless = new Map<string, Wish>();
	return {
		read: (chat: string): Wish | null =>
			homeless.get(chat) ?? parseWish(disk.getItem(prefix + chat)),
		write(chat: string, wish: Wish): void {
			homeless.delete(chat);
			try {
				disk.setItem(prefix + chat, JSON.stringify(wish));
			} catch {
				homeless.set(chat, wish);
			}
		},
		remove(chat: string): void {
			homeless.delete(chat);
			disk.removeItem(prefix + chat);
		},
		chats(): string[] {
			const keys = Array.from({ length: disk.length }, (_, index) => disk.key(index) ?? "");
			return keys.flatMap((key) => this.chatOf(key) ?? []);
		},
		chatOf: (key: string): string | null =>
			key.startsWith(prefix) ? key.slice(prefix.length) : null,
	};
}

/** A wish from disk, unless it is not one: the disk may hold anything. */
function parseWish(text: string | null): Wish | null {
	if (text === null) return null;
	try {
		const { id, change, epoch = null } = JSON.parse(text) as Partial<Wish>;
		return typeof id === "string" && change instanceof Object ? { id, change, epoch } : null;
	} catch {
		return null;
	}
}
