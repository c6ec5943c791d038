import "fake-indexeddb/auto";
import { openDB } from "idb";
import { describe, expect, it, vi } from "vitest";
import { account, createModelServer } from "../../tests/model/model-server";
import { restoreChats } from "./cache";
import { type OpenStorage, openIndexedDb, openMemory, type SavedChat } from "./persistence";
import { applyMeta } from "./reducers/chats";
import { emptyState } from "./state";
import type { OutboxEntry, Over } from "./types";

function savedChat(id: string, epoch = "e1"): SavedChat {
	const server = createModelServer(() => 1);
	server.addChat(id, "ann", "bob");
	const row = server.send("bob", { chat: id, client_id: "k", body: "hello" });
	const entry = applyMeta(emptyState, server.chat("ann", id)).chats.get(id);
	if (entry === undefined) throw new Error("no entry");
	return { id, epoch, entry, rows: [row] };
}

const entry: OutboxEntry = {
	id: "m1",
	version: 0,
	kind: "send",
	chat: "c",
	epoch: "e1",
	createdAt: 1,
	body: "hello",
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
};

const over: Over = {
	id: entry.id,
	overAt: 5,
	place: { clientId: entry.id, seq: 1, epoch: "e1", rev: 2, askedAt: 0 },
};

const mark = { me: account("ann"), epoch: "e1", arev: 3 };

const kinds: [string, OpenStorage][] = [
	["IndexedDB", openIndexedDb],
	["memory", openMemory],
];

for (const [name, open] of kinds) {
	describe(`storage in ${name}`, () => {
		it("gives back chats as they were, members and rows", async () => {
			const storage = await open(`${name}-1`);
			expect(await storage.load()).toBeNull();
			const [one, two] = [savedChat("c1"), savedChat("c2")];
			await storage.save({ mark, chats: [one, two], gone: [] });
			await storage.save({ mark: { ...mark, arev: 4 }, chats: [], gone: ["c2"] });
			const saved = await storage.load();
			expect(saved).toEqual({ mark: { ...mark, arev: 4 }, chats: [one] });
			const state = restoreChats(emptyState, saved?.chats ?? []);
			expect(state.chats.get("c1")?.members.get("bob")?.read_seq).toBe(1);
			expect(state.timelines.get("c1")?.ranges).toEqual([[1, 1]]);
		});

		it("never mixes what was read before a backup was restored with what came after", async () => {
			const storage = await open(`${name}-3`);
			const after = { ...mark, epoch: "e2" };
			// A tab that has not heard of it writes between two writes of one that has.
			await storage.save({ mark: after, chats: [savedChat("c1", "e2")], gone: [] });
			await storage.save({ mark, chats: [savedChat("c1"), savedChat("c2")], gone: [] });
			await storage.save({ mark: after, chats: [savedChat("c3", "e2")], gone: [] });
			const saved = await storage.load();
			expect(saved?.chats.map((chat) => chat.id)).toEqual(["c3"]);
		});

		it("keeps the higher version of an entry, and over what is over", async () => {
			const storage = await open(`${name}-4`);
			const later = { ...entry, version: 2, attempts: 1 };
			expect(await storage.putEntry(later)).toBe(true);
			await storage.addEntry(entry).catch(() => undefined);
			expect(await storage.putEntry({ ...entry, version: 1 })).toBe(true);
			expect(await storage.outbox()).toEqual({ entries: [later], over: [] });
			await storage.endEntry(over, true);
			await storage.addEntry(entry).catch(() => undefined);
			expect(await storage.putEntry({ ...later, version: 3 })).toBe(false);
			expect(await storage.outbox()).toEqual({ entries: [], over: [over] });
			await storage.sweep(5);
			expect((await storage.outbox()).over).toEqual([over]);
			await storage.sweep(6);
			expect(await storage.outbox()).toEqual({ entries: [], over: [] });
		});

		it("takes back what nobody has begun to send, and leaves what another tab has", async () => {
			const storage = await open(`${name}-5`);
			const unsent = { ...over, place: null };
			const begun = { ...entry, version: 1, state: "sending", attempts: 1 } as const;
			// Known by nobody else, or refused, or an old word of what is known better here.
			for (const [held, known] of [
				[null, entry],
				[entry, entry],
				[{ ...begun, state: "failed" } as const, entry],
				[begun, { ...entry, version: 2 }],
			] as const) {
				if (held !== null) await storage.addEntry(held);
				expect(await storage.takeBack(unsent, known)).toBeNull();
				expect(await storage.outbox()).toEqual({ entries: [], over: [unsent] });
				// Taken back by two tabs.
				expect(await storage.takeBack(unsent, known)).toBeNull();
				await storage.sweep(6);
			}
			await storage.addEntry(begun);
			const isSent = { entries: [begun], over: [] };
			for (const known of [entry, { ...entry, version: 1 }])
				expect(await storage.takeBack(unsent, known)).toEqual(isSent);
			expect(await storage.outbox()).toEqual(isSent);
			await storage.endEntry(over, true);
			expect(await storage.takeBack(unsent, entry)).toEqual({ entries: [], over: [over] });
			expect(await storage.outbox()).toEqual({ entries: [], over: [over] });
		});

		it("keeps the outbox when the cache is cleared, and nothing after a wipe", async () => {
			const storage = await open(`${name}-2`);
			await storage.save({ mark, chats: [savedChat("c1")], gone: [] });
			await storage.addEntry(entry);
			await storage.putEntry({ ...entry, version: 1, attempts: 1 });
			await storage.addEntry({ ...entry, id: "m2" });
			await storage.endEntry({ ...over, id: "m2" }, true);
			await storage.clearCache();
			expect(await storage.load()).toBeNull();
			const kept = { ...entry, version: 1, attempts: 1 };
			expect(await storage.outbox()).toEqual({ entries: [kept], over: [{ ...over, id: "m2" }] });
			await storage.wipe();
			const again = await open(`${name}-2`);
			expect(await again.load()).toBeNull();
			expect(await again.outbox()).toEqual({ entries: [], over: [] });
		});
	});
}

describe("a disk without room", () => {
	it("still forgets an entry that is over, unless another needs it", async () => {
		const storage = await openIndexedDb("full");
		await storage.addEntry(entry);
		vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
			throw new DOMException("no room", "QuotaExceededError");
		});
		await expect(storage.putEntry({ ...entry, version: 1 })).rejects.toThrow("no room");
		await expect(storage.endEntry(over, false)).rejects.toThrow("no room");
		expect(await storage.outbox()).toEqual({ entries: [entry], over: [] });
		await storage.endEntry(over, true);
		expect(await storage.outbox()).toEqual({ entries: [], over: [] });
	});
});

describe("a session whose database another tab deleted", () => {
	it("deletes nothing of the next session", async () => {
		const [asked, told] = [await openIndexedDb("left"), await openIndexedDb("left")];
		await asked.addEntry(entry);
		await asked.wipe();
		const next = await openIndexedDb("left");
		await next.addEntry({ ...entry, id: "m2" });
		await told.wipe();
		expect((await next.outbox()).entries).toMatchObject([{ id: "m2" }]);
	});
});

describe("a database that a frozen tab has open", () => {
	it("is empty after a wipe, though it cannot be deleted yet", async () => {
		const frozen = await openDB("tidings-frozen", 1, {
			upgrade: (fresh) => {
				for (const name of ["mark", "chats", "outbox"])
					fresh.createObjectStore(name, { keyPath: "id" });
			},
		});
		const storage = await openIndexedDb("frozen");
		await storage.addEntry(entry);
		await storage.wipe();
		expect(await frozen.getAll("outbox")).toEqual([]);
		frozen.close();
	});
});

describe("accounts on one device", () => {
	it("do not see each other's outbox", async () => {
		const [ann, bob] = [await openIndexedDb("ann"), await openIndexedDb("bob")];
		await ann.addEntry(entry);
		expect((await bob.outbox()).entries).toEqual([]);
		await ann.wipe();
	});
});
