/** What one chooses about a chat for oneself, until the server has it. */
import { describe, expect, it } from "vitest";
import type { SyncHost } from "@/sync/create-sync";
import { NO_MINE } from "@/sync/reducers/mine";
import { isMarked, selectChats, selectTimeline, unreadOf } from "@/sync/selectors";
import type { ChatEntry, Notice } from "@/sync/types";
import { noFaults } from "./model/model-network";
import { createOnePerson } from "./model/one-person";

const chatOf = (tab: SyncHost) => tab.getState().chats.get("c") as ChatEntry;

async function open() {
	const world = createOnePerson();
	const first = await world.openTab();
	const second = await world.openTab();
	return { ...world, first, second, held: () => world.server.chat("ann", "c").mine };
}

describe("a choice about a chat", () => {
	it("is shown at once, by each tab, and told", async () => {
		const { clock, first, second, held } = await open();
		second.actions.setMine("c", { pinned: true });
		expect(chatOf(second).mine.pinned).toBe(true);
		await clock.advance(2);
		expect(chatOf(first).mine.pinned).toBe(true);
		await clock.advance(1_000);
		expect(held()).toMatchObject({ version: 1, pinned: true });
		for (const tab of [first, second]) {
			expect(chatOf(tab)).toMatchObject({ mine: held(), heldMine: held() });
			expect(tab.getState().wishes.size).toBe(0);
		}
	});

	it("made without a network outlives its tab, and is told with what was chosen later", async () => {
		const { clock, network, device, first, second, held } = await open();
		network.setDown(true);
		network.cutAll();
		second.actions.setMine("c", { pinned: true, archived: true });
		second.actions.setMine("c", { pinned: false, muted_until: 7 });
		await clock.advance(100);
		device.crash(second);
		const next = device.openTab();
		await clock.advance(5_000);
		const wanted = { pinned: false, archived: true, muted_until: 7 };
		for (const tab of [first, next]) expect(chatOf(tab).mine).toMatchObject(wanted);
		expect(held()).toEqual(NO_MINE);
		network.setDown(false);
		await clock.advance(60_000);
		expect(held()).toMatchObject({ version: 1, ...wanted });
	});

	it("is told by the leading tab when the one that was asked sleeps", async () => {
		const { clock, device, second, held } = await open();
		device.sleep(second, 60_000);
		second.actions.setMine("c", { archived: true });
		await clock.advance(20_000);
		expect(held().archived).toBe(true);
	});

	it("is taken back and said so when the server refuses it", async () => {
		const { clock, server, first, held } = await open();
		const notices: Notice[] = [];
		first.onNotice((notice) => notices.push(notice));
		server.refuseMine();
		first.actions.setMine("c", { pinned: true });
		expect(chatOf(first).mine.pinned).toBe(true);
		await clock.advance(1_000);
		expect(chatOf(first).mine).toEqual(held());
		expect(notices).toContainEqual({ kind: "wish-refused", chat: "c" });
	});

	it("is not undone by an answer from before it", async () => {
		const { clock, server, network, first } = await open();
		network.setFaults({ ...noFaults, slowest: 900 });
		server.retitle("c", "another");
		first.actions.setMine("c", { pinned: true });
		await clock.advance(10);
		first.actions.setMine("c", { archived: true });
		for (let ms = 0; ms < 6_000; ms += 10) {
			await clock.advance(10);
			expect(chatOf(first).mine).toMatchObject({ pinned: true, archived: true });
		}
	});
});

describe("a mark of unreadness", () => {
	it("is taken away by opening the chat, and by reading on elsewhere", async () => {
		const { clock, server, first, second } = await open();
		server.send("bob", { chat: "c", client_id: "1", body: "one" });
		await clock.advance(100);
		first.actions.markRead("c", 1);
		first.actions.setMine("c", { unread_seq: 1 });
		await clock.advance(3_000);
		for (const tab of [first, second]) expect(isMarked(chatOf(tab))).toBe(true);
		void second.actions.openChat("c");
		await clock.advance(1_000);
		for (const tab of [first, second]) expect(isMarked(chatOf(tab))).toBe(false);

		first.actions.setMine("c", { unread_seq: 1 });
		await clock.advance(1_000);
		server.send("bob", { chat: "c", client_id: "2", body: "two" });
		server.mark("ann", { chat: "c", seq: 2 }, true);
		await clock.advance(1_000);
		for (const tab of [first, second]) expect(isMarked(chatOf(tab))).toBe(false);
	});
});

describe("a chat that is deleted for oneself", () => {
	const listed = (tab: SyncHost) => selectChats(tab.getState()).length;
	const shown = (tab: SyncHost) =>
		selectTimeline(tab.getState(), "c").rows.map((row) => row.message.body);

	const readByAnn = (server: ReturnType<typeof createOnePerson>["server"]) =>
		server.chat("bob", "c").members.find(({ account }) => account === "ann")?.read_seq;

	async function openWith(...said: string[]) {
		const world = await open();
		for (const body of said) world.server.send("bob", { chat: "c", client_id: body, body });
		await world.clock.advance(2_000);
		return world;
	}

	it("is gone at once in each tab, without a network, and comes back with what is new", async () => {
		const { clock, network, server, first, second, held } = await openWith("one", "two");
		network.setDown(true);
		network.cutAll();
		first.actions.saveDraft("c", { body: "half a" });
		first.actions.deleteChat("c", 2);
		await clock.advance(10);
		for (const tab of [first, second]) {
			expect([listed(tab), shown(tab), unreadOf(chatOf(tab))]).toEqual([0, [], 0]);
			expect(chatOf(tab).last_message).toBeNull();
			expect(tab.getState().drafts.size).toBe(0);
		}
		server.send("bob", { chat: "c", client_id: "three", body: "three" });
		server.edit("bob", { chat: "c", seq: 1, body: "uno" });
		network.setDown(false);
		await clock.advance(60_000);
		expect(held()).toMatchObject({ version: 1, hidden_upto_seq: 2 });
		for (const tab of [first, second]) {
			expect([listed(tab), shown(tab), unreadOf(chatOf(tab))]).toEqual([1, ["three"], 1]);
			expect(selectTimeline(tab.getState(), "c").hasOlder).toBe(false);
		}
	});

	it("takes its draft along on another device, unless something newer is there", async () => {
		const { clock, server, first } = await openWith("one", "two");
		first.actions.saveDraft("c", { body: "half a", replyToSeq: 2 });
		server.send("bob", { chat: "c", client_id: "three", body: "three" });
		server.setMine("ann", "c", { hidden_upto_seq: 2 });
		await clock.advance(2_000);
		expect(first.getState().drafts.get("c")).toMatchObject({ body: "half a", replyToSeq: null });
		server.setMine("ann", "c", { hidden_upto_seq: 3 });
		await clock.advance(2_000);
		expect([listed(first), first.getState().drafts.size]).toEqual([0, 0]);
		// What is written after it is a beginning.
		first.actions.saveDraft("c", { body: "anew" });
		await clock.advance(60_000);
		expect(first.getState().drafts.get("c")?.body).toBe("anew");
	});

	it("takes along what a device wrote before it slept", async () => {
		const { clock, server, device, first, second } = await openWith("one");
		first.actions.saveDraft("c", { body: "half a" });
		await clock.advance(2_000);
		device.crash(first);
		device.crash(second);
		server.setMine("ann", "c", { hidden_upto_seq: 1 });
		const next = device.openTab();
		await clock.advance(10_000);
		expect([listed(next), next.getState().drafts.size]).toEqual([0, 0]);
		expect((await device.kept()).filter((kept) => kept.includes("half a"))).toEqual([]);
	});

	it("leaves nothing of itself on the disk, and shows nobody that it was read", async () => {
		const { clock, server, device, first, second } = await openWith("one", "two");
		first.actions.deleteChat("c", 2);
		await clock.advance(5_000);
		expect(readByAnn(server)).toBe(0);
		device.crash(first);
		device.crash(second);
		const next = device.openTab();
		await clock.advance(10);
		expect(next.getState().timelines.get("c")?.bySeq.size ?? 0).toBe(0);
		await clock.advance(60_000);
		expect(readByAnn(server)).toBe(0);
		expect([listed(next), chatOf(next).last_message]).toEqual([0, null]);
	});

	it("does not forget what was asked of its messages before", async () => {
		const { clock, network, server, first } = await openWith("one");
		network.setDown(true);
		network.cutAll();
		first.actions.react("c", 1, "👍", true);
		first.actions.deleteChat("c", 1);
		await clock.advance(100);
		network.setDown(false);
		await clock.advance(60_000);
		expect(server.chats.get("c")?.rows[0]?.reactions).toMatchObject([{ accounts: ["ann"] }]);
		expect([listed(first), first.getState().outbox, first.getState().wishes.size]).toEqual([
			0,
			[],
			0,
		]);
	});

	it("is not deleted in a backup in which it holds something else", async () => {
		const { clock, network, server, first, held } = await openWith("one", "two");
		network.setDown(true);
		network.cutAll();
		first.actions.deleteChat("c", 2);
		await clock.advance(100);
		server.restore();
		server.send("bob", { chat: "c", client_id: "other", body: "other" });
		network.setDown(false);
		await clock.advance(60_000);
		expect(held()).toMatchObject({ hidden_upto_seq: 0 });
		expect([listed(first), chatOf(first).last_message?.body]).toEqual([1, "other"]);
	});

	it("is deleted in a backup too, though a tab that has not heard of that one asks for more", async () => {
		const { clock, server, network, device, first, second, held } = await openWith("one", "two");
		device.sleep(second, 20_000);
		server.restore();
		network.cutAll();
		await clock.advance(5_000);
		const { seq, last_message } = chatOf(first);
		expect(last_message).not.toBeNull();
		network.setDown(true);
		network.cutAll();
		first.actions.deleteChat("c", seq);
		second.actions.setMine("c", { pinned: true });
		await clock.advance(20_000);
		network.setDown(false);
		await clock.advance(60_000);
		expect(held()).toMatchObject({ hidden_upto_seq: seq, pinned: true });
		for (const tab of [first, second]) expect(chatOf(tab)).toMatchObject({ mine: held() });
	});
});
