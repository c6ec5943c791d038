/**
 * What this device keeps for one account: chats with their newest rows, and
 * the outbox. One database per account, so signing out deletes all of it.
 *
 * The cache may be lost at any time and costs only a sync; the outbox may not:
 * its writes are awaited before anything is sent.
 */
import { deleteDB, type IDBPDatabase, openDB } from "idb";
import type { Account, Message } from "@/api/wire.gen";
import type { Clock } from "./clock";
import { isNewer } from "./reducers/outbox";
import type { OutboxNews } from "./tabs";
import type { ChatEntry, OutboxEntry, Over } from "./types";

export type SavedChat = {
	readonly id: string;
	/** The server's epoch it was read in. */
	readonly epoch: string;
	readonly entry: ChatEntry;
	/** A stretch without holes that ends at the newest row; current as of the entry's rev. */
	readonly rows: readonly Message[];
};

type Mark = { readonly me: Account; readonly epoch: string; readonly arev: number };

export type Saved = { readonly mark: Mark; readonly chats: readonly SavedChat[] };

type Batch = {
	readonly mark: Mark;
	readonly chats: readonly SavedChat[];
	readonly gone: readonly string[];
};

export type Storage = {
	readonly load: () => Promise<Saved | null>;
	/** All of it or nothing: counters and rows must agree. */
	readonly save: (batch: Batch) => Promise<void>;
	/** Forgets the cache but not the outbox. */
	readonly clearCache: () => Promise<void>;
	readonly outbox: () => Promise<OutboxNews>;
	/** A new entry, unless the disk has heard of it already. */
	readonly addEntry: (entry: OutboxEntry) => Promise<void>;
	/** Keeps the higher version; false when the entry is over, which it stays. */
	readonly putEntry: (entry: OutboxEntry) => Promise<boolean>;
	/** Writes down that the entry is over; without room for that it forgets the entry where it may. */
	readonly endEntry: (over: Over, mayForget: boolean) => Promise<void>;
	/** Ends a message of which this is known; when another tab has begun to send it, what it made of it instead. */
	readonly takeBack: (over: Over, known: OutboxEntry) => Promise<OutboxNews | null>;
	/** Forgets entries that were over before this time: nobody writes of them any more. */
	readonly sweep: (before: number) => Promise<void>;
	/** Deletes all of it, unless somebody else has: what is there by now is not of this session. */
	readonly wipe: () => Promise<void>;
	readonly close: () => void;
};

/**
 * What is there as one state. Tabs write one after the other, and one that has
 * not heard of a restored backup may write between two that have: what it
 * wrote is of another epoch and does not count.
 */
function asSaved(mark: Mark | null | undefined, chats: readonly SavedChat[]): Saved | null {
	if (mark === null || mark === undefined) return null;
	return { mark, chats: chats.filter((chat) => chat.epoch === mark.epoch) };
}

type Kept = OutboxEntry | Over;

function isOver(kept: Kept): kept is Over {
	return "overAt" in kept;
}

function accepts(held: Kept | undefined, entry: OutboxEntry): boolean {
	return held === undefined || (!isOver(held) && isNewer(entry, held));
}

/** Whether another tab hands it to the server, or has. One that was taken back there has no place. */
function isSent(held: Kept, known: OutboxEntry): boolean {
	if (isOver(held)) return held.place !== null;
	return held.attempts > 0 && held.state !== "failed" && !isNewer(known, held);
}

function toNews(kept: readonly Kept[]): OutboxNews {
	const entries = kept.filter((one): one is OutboxEntry => !isOver(one));
	return {
		// One that an earlier build wrote has none of these.
		entries: entries.map((entry) => ({
			...entry,
			version: entry.version ?? 0,
			epoch: entry.epoch ?? null,
			seenRev: entry.seenRev ?? 0,
			firstBody: entry.firstBody ?? null,
			bodyAt: entry.bodyAt ?? 0,
		})),
		over: kept.filter(isOver),
	};
}

export type OpenStorage = (account: string) => Promise<Storage>;

const VERSION = 1;
const STORES = ["mark", "chats", "outbox"];

function databaseName(account: string): string {
	return `tidings-${account}`;
}

export const openIndexedDb: OpenStorage = async (account) => {
	const name = databaseName(account);
	let db: IDBPDatabase;
	let isLetGo = false;
	try {
		db = await openDB(name, VERSION, {
			upgrade(fresh) {
				fresh.createObjectStore("mark");
				fresh.createObjectStore("chats", { keyPath: "id" });
				fresh.createObjectStore("outbox", { keyPath: "id" });
			},
			// Another tab signs out or upgrades: let go, or it would wait for us.
			blocking(_current, _blocked, event) {
				isLetGo = true;
				(event.target as IDBDatabase).close();
			},
		});
	} catch {
		return openMemory(account);
	}
	return {
		async load() {
			const transaction = db.transaction(["mark", "chats"]);
			const mark: Mark | undefined = await transaction.objectStore("mark").get("mark");
			const chats: SavedChat[] = await transaction.objectStore("chats").getAll();
			return asSaved(mark, chats);
		},
		async save(batch) {
			const transaction = db.transaction(["mark", "chats"], "readwrite");
			const chats = transaction.objectStore("chats");
			const writes = [
				transaction.objectStore("mark").put(batch.mark, "mark"),
				...batch.chats.map((chat) => chats.put(chat)),
				...batch.gone.map((id) => chats.delete(id)),
			];
			// Said now, for a page that is going away will not hear the writes end,
			// and what was not committed by then would be taken back.
			transaction.commit();
			await Promise.all([...writes, transaction.done]);
		},
		async clearCache() {
			const transaction = db.transaction(["mark", "chats"], "readwrite");
			await Promise.all([
				transaction.objectStore("mark").clear(),
				transaction.objectStore("chats").clear(),
				transaction.done,
			]);
		},
		outbox: async () => toNews(await db.getAll("outbox")),
		async addEntry(entry) {
			const transaction = db.transaction("outbox", "readwrite");
			const write = transaction.store.add(entry);
			// The tab may be closed with the press of the key, as in `save`.
			transaction.commit();
			await Promise.all([write, transaction.done]);
		},
		async putEntry(entry) {
			const transaction = db.transaction("outbox", "readwrite");
			const compare = async () => {
				const held: Kept | undefined = await transaction.store.get(entry.id);
				if (accepts(held, entry)) await transaction.store.put(entry);
				return held === undefined || !isOver(held);
			};
			const [isKept] = await Promise.all([compare(), transaction.done]);
			return isKept;
		},
		async endEntry(over, mayForget) {
			await db.put("outbox", over).catch((error: unknown) => {
				if (!mayForget) throw error;
				// A full disk may still have room for less.
				return db.delete("outbox", over.id);
			});
		},
		async takeBack(over, known) {
			const transaction = db.transaction("outbox", "readwrite");
			const compare = async () => {
				const held: Kept | undefined = await transaction.store.get(over.id);
				if (held !== undefined && isSent(held, known)) return toNews([held]);
				await transaction.store.put(over);
				return null;
			};
			const [news] = await Promise.all([compare(), transaction.done]);
			return news;
		},
		async sweep(before) {
			const transaction = db.transaction("outbox", "readwrite");
			const kept: Kept[] = await transaction.store.getAll();
			const old = kept.filter((one) => isOver(one) && one.overAt < before);
			await Promise.all([...old.map(({ id }) => transaction.store.delete(id)), transaction.done]);
		},
		async wipe() {
			if (isLetGo) return;
			// Asked for in one turn, for the tab may be frozen or gone in the next. Emptied
			// as well, for a deletion waits for a frozen tab that has it open.
			const transaction = db.transaction(STORES, "readwrite");
			const cleared = STORES.map((store) => transaction.objectStore(store).clear());
			transaction.commit();
			db.close();
			const gone = new Promise<void>((resolve, reject) => {
				deleteDB(name, { blocked: () => resolve() }).then(resolve, reject);
			});
			await Promise.all([...cleared, transaction.done, gone]);
		},
		close: () => db.close(),
	};
};

/** Where the browser gives no database (private windows): kept while the tab lives. */
export const openMemory: OpenStorage = async () => {
	let mark: Mark | null = null;
	const chats = new Map<string, SavedChat>();
	const outbox = new Map<string, Kept>();
	return {
		load: async () => asSaved(mark, [...chats.values()]),
		async save(batch) {
			mark = batch.mark;
			for (const chat of batch.chats) chats.set(chat.id, chat);
			for (const id of batch.gone) chats.delete(id);
		},
		async clearCache() {
			mark = null;
			chats.clear();
		},
		outbox: async () => toNews([...outbox.values()]),
		async addEntry(entry) {
			if (!outbox.has(entry.id)) outbox.set(entry.id, entry);
		},
		async putEntry(entry) {
			const held = outbox.get(entry.id);
			if (accepts(held, entry)) outbox.set(entry.id, entry);
			return held === undefined || !isOver(held);
		},
		endEntry: async (over) => void outbox.set(over.id, over),
		async takeBack(over, known) {
			const held = outbox.get(over.id);
			if (held !== undefined && isSent(held, known)) return toNews([held]);
			outbox.set(over.id, over);
			return null;
		},
		async sweep(before) {
			for (const kept of [...outbox.values()]) {
				if (isOver(kept) && kept.overAt < before) outbox.delete(kept.id);
			}
		},
		async wipe() {
			mark = null;
			chats.clear();
			outbox.clear();
		},
		close: () => undefined,
	};
};

const OPEN_MS = 5_000;

/** A database that is being deleted opens for nobody while a frozen tab has it open: without it, then. */
export function openInTime(open: OpenStorage, clock: Clock, account: string): Promise<Storage> {
	return new Promise((resolve, reject) => {
		let isLate = false;
		const cancel = clock.after(OPEN_MS, () => {
			isLate = true;
			resolve(openMemory(account));
		});
		open(account).then((storage) => {
			cancel();
			if (isLate) storage.close();
			else resolve(storage);
		}, reject);
	});
}
