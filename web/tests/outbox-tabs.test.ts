/** What several tabs show of one outbox, also when one of them is gone amid a step. */
import { describe, expect, it } from "vitest";
import type { SyncHost } from "@/sync/create-sync";
import { selectTimeline } from "@/sync/selectors";
import { noFaults } from "./model/model-network";
import { createOnePerson } from "./model/one-person";

/** Each test sets how long the next write or reading takes: half of it before it is done, half after. */
async function open() {
	const disk = { ms: 2 };
	const world = createOnePerson(() => disk.ms);
	const leader = await world.openTab();
	const follower = await world.openTab();
	return { ...world, disk, leader, follower };
}

const outbox = (tab: SyncHost) => tab.getState().outbox;
const rows = (tab: SyncHost) => selectTimeline(tab.getState(), "c").rows;

describe("a message that one tab takes back and another would send", () => {
	it("is held by the one that sends alone, and never leaves once it is deleted", async () => {
		const { clock, network, leader, follower, bodies } = await open();
		network.setDown(true);
		network.cut("ann");
		const one = follower.actions.sendMessage("c", { body: "one" });
		await clock.advance(1_000);
		// Whoever cannot hold it deletes it at once, and gives no way back.
		expect(follower.actions.holdMessage(one, true)).toBe(false);
		follower.actions.deleteMessage("c", { clientId: one });
		const two = leader.actions.sendMessage("c", { body: "two" });
		expect(leader.actions.holdMessage(two, true)).toBe(true);
		network.setDown(false);
		await clock.advance(6_000);
		expect(bodies()).toEqual([]);
		leader.actions.holdMessage(two, false);
		await clock.advance(1_000);
		expect(bodies()).toEqual(["two"]);
		for (const tab of [leader, follower]) expect(outbox(tab)).toEqual([]);
	});
});

describe("a message that is deleted in a tab which does not know that another sends by now", () => {
	/** The one that leads falls asleep with a message that was not sent, and another takes the lead. */
	async function openAsleep() {
		const opened = await open();
		const { clock, network, device, leader, follower } = opened;
		network.setDown(true);
		network.cut("ann");
		const clientId = leader.actions.sendMessage("c", { body: "hasty" });
		await clock.advance(1_000);
		device.sleep(leader, 30_000);
		device.takeLead(follower);
		network.setDown(false);
		return { ...opened, clientId };
	}

	/** Deleted, or never sent. */
	function expectGone({ server, device }: Awaited<ReturnType<typeof open>>) {
		const told = server.chats.get("c")?.rows ?? [];
		expect(told.filter((row) => row.deleted_at === null)).toEqual([]);
		for (const tab of device.tabs) {
			expect(outbox(tab)).toEqual([]);
			expect(rows(tab).filter(({ message }) => message.deleted_at === null)).toEqual([]);
		}
	}

	it("is deleted once it was sent", async () => {
		const opened = await openAsleep();
		const { clock, server, leader, clientId, bodies } = opened;
		while (bodies().length === 0) await clock.advance(1);
		leader.actions.deleteMessage("c", { clientId });
		expect(rows(leader)).toEqual([]);
		await clock.advance(60_000);
		expect(server.bodies.map(({ body }) => body)).toEqual(["hasty"]);
		expectGone(opened);
	});

	it("is deleted though its sending was over by then", async () => {
		const opened = await openAsleep();
		const { clock, server, leader, follower, clientId } = opened;
		await clock.advance(10_000);
		expect(outbox(follower)).toEqual([]);
		leader.actions.deleteMessage("c", { clientId });
		await clock.advance(60_000);
		expect(server.bodies.map(({ body }) => body)).toEqual(["hasty"]);
		expectGone(opened);
	});

	it("is deleted also when its refusal was asked to be tried again", async () => {
		const { clock, network, device, leader, follower, server, bodies } = await open();
		const clientId = leader.actions.sendMessage("c", { body: "REFUSE" });
		await clock.advance(1_000);
		expect(outbox(leader)).toMatchObject([{ state: "failed" }]);
		device.sleep(leader, 30_000);
		device.takeLead(follower);
		await clock.advance(1_000);
		network.setFaults({ ...noFaults, slowest: 300 });
		follower.actions.editMessage("c", { clientId }, "better");
		follower.actions.retry(clientId);
		await clock.advance(20);
		leader.actions.discard(clientId);
		await clock.advance(60_000);
		expect(bodies()).toEqual([""]);
		expect(server.bodies.map(({ body }) => body)).toEqual(["better"]);
		for (const tab of [leader, follower]) expect(outbox(tab)).toEqual([]);
	});

	const moments = Array.from({ length: 14 }, (_, count) => 3 * count);
	it.each(moments)("is gone in any case (%s ms)", async (ms) => {
		const opened = await open();
		const { clock, disk, device, leader, follower } = opened;
		device.sleep(leader, 10_000);
		const clientId = leader.actions.sendMessage("c", { body: "hasty" });
		await clock.advance(100);
		disk.ms = 6;
		device.takeLead(follower);
		await clock.advance(ms);
		leader.actions.deleteMessage("c", { clientId });
		await clock.advance(60_000);
		expectGone(opened);
	});
});

describe("a message that one tab wrote and another has sent", () => {
	it("waits nowhere, though its own tab is gone as its slow disk has it at last", async () => {
		const { clock, disk, device, follower, openTab, bodies } = await open();
		disk.ms = 200;
		follower.actions.sendMessage("c", { body: "late" });
		await clock.advance(0);
		disk.ms = 2;
		await clock.advance(99);
		expect(bodies()).toEqual(["late"]);
		await clock.advance(1);
		device.crash(follower);
		// Long enough for the cache, so that the next tab has the row before it hears of any.
		await clock.advance(2_000);
		const next = await openTab();
		await clock.advance(30_000);
		expect(outbox(next)).toEqual([]);
		expect(bodies()).toEqual(["late"]);
	});

	it("is not sent again by the next leader, though the one before was gone before it said so", async () => {
		const { clock, server, network, disk, device, leader, follower, openTab } = await open();
		const third = await openTab();
		follower.actions.sendMessage("c", { body: "first" });
		await clock.advance(1_000);
		network.setFaults({ ...noFaults, dropped: 1 });
		leader.actions.editMessage("c", { seq: 1 }, "second");
		await clock.advance(9);
		disk.ms = 200;
		await clock.advance(4 + 100);
		// Edited and written down as over, but the others were not told.
		const edited = server.chats.get("c")?.rows[0];
		expect(edited).toMatchObject({ body: "second" });
		for (const tab of [follower, third]) expect(outbox(tab)).toMatchObject([{ kind: "edit" }]);
		disk.ms = 2;
		device.crash(leader);
		await clock.advance(1_000);
		for (const tab of [follower, third]) expect(outbox(tab)).toEqual([]);
		expect(server.chats.get("c")?.rows[0]?.rev).toBe(edited?.rev);
	});

	it("outlives its tab though no disk had it, by the tabs that were told of it", async () => {
		const { clock, network, disk, device, leader, follower, openTab, bodies } = await open();
		network.setDown(true);
		network.cut("ann");
		disk.ms = 200;
		leader.actions.sendMessage("c", { body: "told" });
		await clock.advance(2);
		device.crash(leader);
		disk.ms = 2;
		const next = await openTab();
		for (const tab of [follower, next])
			expect(outbox(tab)).toMatchObject([{ body: "told", state: "waiting" }]);
		device.crash(follower);
		const last = await openTab();
		device.crash(next);
		network.setDown(false);
		await clock.advance(30_000);
		expect(bodies()).toEqual(["told"]);
		expect(outbox(last)).toEqual([]);
	});

	it("is sent by the next tab, though that one slept over the reading of the disk", async () => {
		const { clock, network, device, leader, follower, bodies } = await open();
		network.setDown(true);
		network.cut("ann");
		leader.actions.sendMessage("c", { body: "kept" });
		await clock.advance(1_000);
		for (const tab of [leader, follower]) device.crash(tab);
		network.setDown(false);
		const next = device.openTab();
		while (next.getState().me === null) await clock.advance(1);
		device.sleep(next, 4_000);
		await clock.advance(60_000);
		expect(bodies()).toEqual(["kept"]);
		expect(outbox(next)).toEqual([]);
	});

	it("waits in no tab that opens before its change came, though a full disk kept it", async () => {
		const { clock, server, network, device, leader } = await open();
		leader.actions.sendMessage("c", { body: "first" });
		await clock.advance(1_000);
		network.setFaults({ ...noFaults, dropped: 1 });
		// A change that nobody heard of keeps the next one waiting.
		server.send("bob", { chat: "c", client_id: "b", body: "unheard" });
		leader.actions.editMessage("c", { seq: 1 }, "second");
		await clock.advance(7);
		expect(outbox(leader)).toMatchObject([{ state: "sending" }]);
		device.setDiskFull(true);
		await clock.advance(30);
		expect(outbox(leader)).toMatchObject([{ state: "stored" }]);
		device.openTab();
		await clock.advance(60_000);
		for (const tab of device.tabs) expect(outbox(tab)).toEqual([]);
	});

	it("is edited by the next leader, though neither row nor disk tells its place", async () => {
		const { clock, network, device, leader, follower, bodies } = await open();
		network.setFaults({ ...noFaults, dropped: 1 });
		const clientId = leader.actions.sendMessage("c", { body: "first" });
		await clock.advance(11);
		follower.actions.editMessage("c", { clientId }, "second");
		device.sleep(leader, 3_600_000);
		await clock.advance(3_000);
		expect(bodies()).toEqual(["first"]);
		expect(follower.getState().timelines.get("c")?.bySeq.size).toBe(0);
		await clock.advance(20_000);
		expect(bodies()).toEqual(["second"]);
	});

	it.each([true, false])(
		"is changed though the one to send it hears of that first (deleted: %s)",
		async (isDeleted) => {
			const { clock, server, network, device, leader, follower, openTab } = await open();
			device.crash(follower);
			device.setDiskFull(true);
			network.setFaults({ ...noFaults, lostCall: 1 });
			const clientId = leader.actions.sendMessage("c", { body: "first" });
			await clock.advance(100);
			expect(outbox(leader)).toMatchObject([{ attempts: 1 }]);
			device.sleep(leader, 30_000);
			device.setDiskFull(false);
			network.setFaults(noFaults);
			const next = await openTab();
			if (isDeleted) leader.actions.deleteMessage("c", { clientId });
			else leader.actions.editMessage("c", { clientId }, "second");
			device.takeLead(next);
			await clock.advance(1_000);
			// Neither the disk nor the server has the message.
			expect(outbox(next)).toMatchObject([
				{ state: "failed", error: { code: "message.not_found" } },
			]);
			network.setFaults({ ...noFaults, busy: 1 });
			await clock.advance(30_000);
			// It waits for its message as soon as that one is told of.
			expect(outbox(next).filter(({ state }) => state !== "failed")).toHaveLength(2);
			network.setFaults(noFaults);
			await clock.advance(60_000);
			expect(server.bodies.map(({ body }) => body)).toEqual(
				isDeleted ? ["first"] : ["first", "second"],
			);
			expect(rows(next).map(({ message }) => message.deleted_at !== null)).toEqual([isDeleted]);
			for (const tab of device.tabs) expect(outbox(tab)).toEqual([]);
		},
	);

	it("is deleted once its row is read, though its deletion was refused for want of that", async () => {
		const { clock, server, network, device, leader, follower, bodies } = await open();
		device.crash(follower);
		device.setDiskFull(true);
		network.setFaults({ ...noFaults, lostAnswer: 1, dropped: 1 });
		const clientId = leader.actions.sendMessage("c", { body: "first" });
		await clock.advance(9);
		expect(bodies()).toEqual(["first"]);
		device.sleep(leader, 3_600_000);
		device.setDiskFull(false);
		network.setFaults(noFaults);
		for (let i = 0; i < 200; i++)
			server.send("bob", { chat: "c", client_id: `b${i}`, body: `b${i}` });
		const next = device.openTab();
		await clock.advance(1_000);
		leader.actions.deleteMessage("c", { clientId });
		device.takeLead(next);
		await clock.advance(1_000);
		expect(outbox(next)).toMatchObject([{ state: "failed", error: { code: "message.not_found" } }]);
		await Promise.all([next.actions.openChat("c"), clock.advance(1_000)]);
		expect(bodies()[0]).toBe("");
		expect(outbox(next)).toEqual([]);
	});

	it("is never sent once it was deleted in a tab that does not send", async () => {
		const { clock, network, leader, follower, bodies } = await open();
		network.setDown(true);
		network.cut("ann");
		const clientId = leader.actions.sendMessage("c", { body: "hasty" });
		leader.actions.sendMessage("c", { body: "meant" });
		await clock.advance(1_000);
		follower.actions.deleteMessage("c", { clientId });
		await clock.advance(1_000);
		network.setDown(false);
		await clock.advance(60_000);
		expect(bodies()).toEqual(["meant"]);
		for (const tab of [leader, follower]) expect(outbox(tab)).toEqual([]);
	});

	it("is refused in every tab that opens after", async () => {
		const { clock, follower, leader, openTab } = await open();
		follower.actions.sendMessage("c", { body: "REFUSE" });
		await clock.advance(1_000);
		const next = await openTab();
		for (const tab of [leader, follower, next])
			expect(outbox(tab)).toMatchObject([{ state: "failed", attempts: 1 }]);
		next.actions.discard(outbox(next)[0]?.id ?? "");
		await clock.advance(1_000);
		const last = await openTab();
		for (const tab of [leader, follower, next, last]) expect(outbox(tab)).toEqual([]);
	});
});

describe("a message that was handed to a tab which sleeps", () => {
	it("is sent by its own tab after a reload", async () => {
		const { clock, device, leader, follower, openTab, bodies } = await open();
		device.sleep(leader, 3_600_000);
		follower.actions.sendMessage("c", { body: "awake" });
		await clock.advance(1_000);
		device.crash(follower);
		const next = await openTab();
		await clock.advance(6_000);
		expect(bodies()).toEqual(["awake"]);
		expect(outbox(next)).toEqual([]);
	});

	it("is sent by another, though it was written in the one that sleeps", async () => {
		const { clock, network, device, leader, follower, bodies } = await open();
		network.setFaults({ ...noFaults, busy: 1 });
		leader.actions.sendMessage("c", { body: "mine" });
		await clock.advance(500);
		device.sleep(leader, 3_600_000);
		network.setFaults(noFaults);
		await clock.advance(70_000);
		expect(bodies()).toEqual(["mine"]);
		expect(outbox(follower)).toEqual([]);
	});

	it("is sent by another, also when it fell asleep between two attempts", async () => {
		const { clock, network, device, leader, follower, bodies } = await open();
		network.setFaults({ ...noFaults, busy: 1 });
		follower.actions.sendMessage("c", { body: "begun" });
		await clock.advance(500);
		expect(outbox(follower)).toMatchObject([{ state: "waiting", attempts: 1 }]);
		device.sleep(leader, 3_600_000);
		network.setFaults(noFaults);
		await clock.advance(50_000);
		expect(bodies()).toEqual([]);
		await clock.advance(20_000);
		expect(bodies()).toEqual(["begun"]);
	});

	it("is sent once though two tabs take the lead for it", async () => {
		const { clock, device, leader, follower, openTab, bodies } = await open();
		const third = await openTab();
		device.sleep(leader, 3_600_000);
		follower.actions.sendMessage("c", { body: "one" });
		third.actions.sendMessage("c", { body: "two" });
		await clock.advance(30_000);
		expect(bodies()).toEqual(["one", "two"]);
		for (const tab of [follower, third]) expect(outbox(tab)).toEqual([]);
		expect([follower, third].filter((tab) => tab.getState().isLeader)).toHaveLength(1);
	});
});

describe("a change that waited while a backup was restored", () => {
	it("never touches the message that stands in the old one's place", async () => {
		const { clock, server, network, leader, bodies } = await open();
		for (const body of ["1", "2", "3"]) leader.actions.sendMessage("c", { body });
		await clock.advance(1_000);
		network.setDown(true);
		network.cut("ann");
		leader.actions.sendMessage("c", { body: "4" });
		leader.actions.sendMessage("c", { body: "5" });
		leader.actions.editMessage("c", { seq: 1 }, "first");
		leader.actions.editMessage("c", { seq: 3 }, "third");
		server.restore();
		network.setDown(false);
		await clock.advance(60_000);
		expect(bodies()).toEqual(["first", "4", "5"]);
		expect(outbox(leader)).toMatchObject([
			{ body: "third", state: "failed", error: { code: "message.not_found" } },
		]);
	});
});

describe("a message that was deleted", () => {
	it("waits no longer once the reader has left its row, though the row was never read again", async () => {
		const { clock, server, network, leader } = await open();
		leader.actions.sendMessage("c", { body: "mine" });
		await clock.advance(1_000);
		for (let i = 0; i < 200; i++) {
			server.send("bob", { chat: "c", client_id: `b${i}`, body: `b${i}` });
		}
		await clock.advance(100);
		await Promise.all([leader.actions.jumpTo("c", 1), clock.advance(1_000)]);
		network.setFaults({ ...noFaults, dropped: 1 });
		leader.actions.deleteMessage("c", { seq: 1 });
		for (const row of server.chats.get("c")?.rows.slice(1, 150) ?? []) {
			server.edit("bob", { ...row, body: "edited" });
		}
		await clock.advance(100);
		expect(rows(leader)[0]).toMatchObject({ pending: { kind: "delete", state: "stored" } });
		// A catch-up that leaves the row out, and a page that never comes.
		network.cut("ann");
		while (leader.getState().timelines.get("c")?.ranges.length !== 0) await clock.advance(1);
		network.setFaults({ ...noFaults, lostAnswer: 1 });
		await clock.advance(10);
		expect(rows(leader)[0]).toMatchObject({ pending: { kind: "delete", state: "stored" } });
		leader.actions.closeChat("c");
		network.setFaults(noFaults);
		await clock.advance(60_000);
		expect(outbox(leader)).toEqual([]);
	});
});
