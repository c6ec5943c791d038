/** An edit is done exactly once, and a late one never undoes a newer one. */
import { describe, expect, it } from "vitest";
import type { SyncHost } from "@/sync/create-sync";
import { selectTimeline } from "@/sync/selectors";
import { noFaults } from "./model/model-network";
import { createOnePerson } from "./model/one-person";

async function open() {
	const disk = { ms: 2 };
	const world = createOnePerson(() => disk.ms);
	const { clock, server } = world;
	const tab = await world.openTab();
	const id = tab.actions.sendMessage("c", { body: "typo" });
	await clock.advance(1_000);
	const said = () => server.bodies.map(({ body }) => body);
	const row = () => {
		const [first] = server.chats.get("c")?.rows ?? [];
		if (first === undefined) throw new Error("nothing was sent");
		return first;
	};
	/** On another device, which sees the row as it is. */
	const editElsewhere = (body: string) =>
		server.edit("ann", { chat: "c", seq: 1, body, seen_rev: row().rev });
	return { ...world, disk, tab, id, said, row, editElsewhere };
}

const outbox = (tab: SyncHost) => tab.getState().outbox;
const rows = (tab: SyncHost) => selectTimeline(tab.getState(), "c").rows;

describe("an edit whose answer is lost", () => {
	it("is done once, though it is asked for again", async () => {
		const { clock, network, tab, said, row } = await open();
		const before = row().rev;
		network.setFaults({ ...noFaults, lostAnswer: 1, dropped: 1 });
		tab.actions.editMessage("c", { seq: 1 }, "right");
		await clock.advance(20_000);
		network.setFaults(noFaults);
		await clock.advance(30_000);
		expect(outbox(tab)).toEqual([]);
		expect(said()).toEqual(["typo", "right"]);
		expect(row().rev).toBe(before + 1);
	});

	it("is not shown as refused, when it was heard of before another device wrote more", async () => {
		const { clock, network, tab, said, editElsewhere } = await open();
		network.setFaults({ ...noFaults, lostAnswer: 1 });
		tab.actions.editMessage("c", { seq: 1 }, "right");
		await clock.advance(1_000);
		expect(said()).toEqual(["typo", "right"]);
		editElsewhere("better");
		network.setFaults(noFaults);
		await clock.advance(60_000);
		expect(said()).toEqual(["typo", "right", "better"]);
		expect(outbox(tab)).toEqual([]);
		expect(rows(tab)).toMatchObject([{ message: { body: "better" } }]);
	});

	it("undoes nothing that another device wrote since, and may be asked for anew", async () => {
		const { clock, network, tab, said, editElsewhere } = await open();
		network.setFaults({ ...noFaults, lostAnswer: 1, dropped: 1 });
		tab.actions.editMessage("c", { seq: 1 }, "right");
		await clock.advance(5_000);
		editElsewhere("better");
		network.setFaults(noFaults);
		await clock.advance(60_000);
		expect(said()).toEqual(["typo", "right", "better"]);
		expect(outbox(tab)).toMatchObject([{ state: "failed", error: { code: "message.changed" } }]);
		expect(rows(tab)).toMatchObject([{ message: { body: "better" } }]);
		tab.actions.retry(outbox(tab)[0]?.id ?? "");
		await clock.advance(1_000);
		expect(said()).toEqual(["typo", "right", "better", "right"]);
		expect(outbox(tab)).toEqual([]);
	});

	it("is asked for again by the next leader as of the version that was seen", async () => {
		const { clock, network, device, tab, openTab, said, editElsewhere } = await open();
		network.setFaults({ ...noFaults, lostAnswer: 1, dropped: 1 });
		tab.actions.editMessage("c", { seq: 1 }, "right");
		await clock.advance(1_000);
		device.crash(tab);
		network.setFaults(noFaults);
		editElsewhere("better");
		const next = await openTab();
		await clock.advance(10_000);
		expect(said()).toEqual(["typo", "right", "better"]);
		expect(outbox(next)).toMatchObject([{ state: "failed", error: { code: "message.changed" } }]);
	});
});

describe("an edit that was written without a network", () => {
	it("is refused when another device wrote something newer meanwhile", async () => {
		const { clock, network, tab, said, editElsewhere } = await open();
		network.setDown(true);
		network.cut("ann");
		tab.actions.editMessage("c", { seq: 1 }, "old");
		editElsewhere("new");
		network.setDown(false);
		await clock.advance(60_000);
		expect(said()).toEqual(["typo", "new"]);
		expect(outbox(tab)).toMatchObject([{ state: "failed", error: { code: "message.changed" } }]);
	});
});

describe("several edits of one message", () => {
	it("are shown as one that is refused, the last, when another device wrote something newer", async () => {
		const { clock, network, tab, said, editElsewhere } = await open();
		network.setDown(true);
		network.cut("ann");
		for (const body of ["1", "2"]) tab.actions.editMessage("c", { seq: 1 }, body);
		editElsewhere("new");
		network.setDown(false);
		await clock.advance(60_000);
		expect(said()).toEqual(["typo", "new"]);
		expect(outbox(tab)).toMatchObject([{ body: "2", state: "failed" }]);
	});

	it("are all done, in order, though each was written before the last was answered", async () => {
		const { clock, network, tab, said } = await open();
		network.setFaults({ ...noFaults, slowest: 300, dropped: 1 });
		const clientId = tab.actions.sendMessage("c", { body: "0" });
		await clock.advance(10);
		for (const body of ["1", "2", "3"]) tab.actions.editMessage("c", { clientId }, body);
		await clock.advance(10_000);
		expect(said()).toEqual(["typo", "0", "1", "2", "3"]);
		network.setFaults(noFaults);
		await clock.advance(60_000);
		expect(outbox(tab)).toEqual([]);
	});

	it("are done in order though one was asked for in another tab, before the message was sent", async () => {
		const { clock, network, tab, openTab, said } = await open();
		const other = await openTab();
		network.setDown(true);
		network.cut("ann");
		const clientId = tab.actions.sendMessage("c", { body: "0" });
		await clock.advance(100);
		other.actions.editMessage("c", { clientId }, "1");
		await clock.advance(100);
		tab.actions.editMessage("c", { clientId }, "2");
		network.setDown(false);
		await clock.advance(60_000);
		expect(said()).toEqual(["typo", "0", "1", "2"]);
		for (const one of [tab, other]) expect(outbox(one)).toEqual([]);
	});

	it("may follow the sending whose row has not come yet", async () => {
		const { clock, network, tab, said } = await open();
		network.setFaults({ ...noFaults, dropped: 1 });
		tab.actions.sendMessage("c", { body: "0" });
		await clock.advance(1_000);
		network.setFaults({ ...noFaults, slowest: 300 });
		tab.actions.editMessage("c", { seq: 2 }, "1");
		await clock.advance(5_000);
		expect(said()).toEqual(["typo", "0", "1"]);
		expect(outbox(tab)).toEqual([]);
	});
});

describe("a message that was changed in a tab which had not heard that it was sent", () => {
	it("is edited, and not lost", async () => {
		const { clock, network, device, tab, openTab, said } = await open();
		const other = await openTab();
		network.setDown(true);
		network.cut("ann");
		const clientId = tab.actions.sendMessage("c", { body: "first" });
		await clock.advance(100);
		device.sleep(tab, 20_000);
		device.takeLead(other);
		network.setDown(false);
		await clock.advance(15_000);
		expect(said()).toEqual(["typo", "first"]);
		tab.actions.editMessage("c", { clientId }, "second");
		await clock.advance(60_000);
		expect(said()).toEqual(["typo", "first", "second"]);
		for (const one of [tab, other]) expect(outbox(one)).toEqual([]);
	});

	it("keeps its last words, and gets them once, when it is sent with them before its tab wakes", async () => {
		const { clock, device, tab, openTab, said } = await open();
		const other = await openTab();
		device.sleep(tab, 1_000);
		const clientId = tab.actions.sendMessage("c", { body: "first" });
		await clock.advance(100);
		other.actions.editMessage("c", { clientId }, "second");
		await clock.advance(100);
		tab.actions.editMessage("c", { clientId }, "third");
		await clock.advance(100);
		device.takeLead(other);
		await clock.advance(60_000);
		expect(said()).toEqual(["typo", "third"]);
		for (const one of [tab, other]) expect(outbox(one)).toEqual([]);
	});

	it("is edited after, though whoever sent it sleeps before it has the answer", async () => {
		const { clock, network, disk, device, tab, openTab, said } = await open();
		const other = await openTab();
		network.setFaults({ ...noFaults, slowest: 20 });
		disk.ms = 40;
		const clientId = tab.actions.sendMessage("c", { body: "first" });
		await clock.advance(0);
		disk.ms = 2;
		device.takeLead(other);
		while (said().length < 2) await clock.advance(1);
		device.sleep(other, 10_000);
		tab.actions.editMessage("c", { clientId }, "second");
		await clock.advance(60_000);
		expect(said()).toEqual(["typo", "first", "second"]);
		for (const one of [tab, other]) expect(outbox(one)).toEqual([]);
	});

	it("is not edited back by a tab that had not heard of the change", async () => {
		const { clock, network, device, tab, openTab, said } = await open();
		const other = await openTab();
		network.setDown(true);
		network.cut("ann");
		const clientId = other.actions.sendMessage("c", { body: "first" });
		await clock.advance(100);
		device.sleep(tab, 20_000);
		device.takeLead(other);
		await clock.advance(100);
		other.actions.editMessage("c", { clientId }, "second");
		network.setDown(false);
		await clock.advance(60_000);
		expect(said()).toEqual(["typo", "second"]);
		for (const one of [tab, other]) expect(outbox(one)).toEqual([]);
	});

	const moments = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((ms) =>
		[0, 300].map((slowest) => ({ ms, slowest })),
	);
	it.each(moments)(
		"is so too when both send at once ($ms ms, $slowest ms)",
		async ({ ms, slowest }) => {
			const { clock, network, disk, device, tab, openTab, said } = await open();
			network.setFaults({ ...noFaults, slowest });
			const other = await openTab();
			disk.ms = 10;
			const clientId = tab.actions.sendMessage("c", { body: "first" });
			await clock.advance(0);
			disk.ms = 2;
			device.takeLead(other);
			await clock.advance(ms);
			tab.actions.editMessage("c", { clientId }, "second");
			await clock.advance(60_000);
			expect(said().at(-1)).toBe("second");
			for (const one of [tab, other]) expect(outbox(one)).toEqual([]);
		},
	);
});

describe("what was done while the disk was full", () => {
	/** The disk keeps these as waiting, and its tab is gone before it has room again. */
	async function doOnFullDisk(ask: (tab: SyncHost, id: string) => void) {
		const opened = await open();
		const { clock, network, device, tab, openTab, id } = opened;
		network.setDown(true);
		network.cut("ann");
		ask(tab, id);
		await clock.advance(100);
		device.setDiskFull(true, false);
		network.setDown(false);
		await clock.advance(30_000);
		expect(outbox(tab)).toEqual([]);
		device.crash(tab);
		device.setDiskFull(false);
		const next = await openTab();
		await clock.advance(60_000);
		return { ...opened, next };
	}

	it("is not shown as refused when a later edit outdid it", async () => {
		const { said, next } = await doOnFullDisk((tab) => {
			for (const body of ["1", "2"]) tab.actions.editMessage("c", { seq: 1 }, body);
		});
		expect(said()).toEqual(["typo", "1", "2"]);
		expect(outbox(next)).toEqual([]);
	});

	it("is not shown as refused when the message was deleted after it", async () => {
		const { said, row, next } = await doOnFullDisk((tab) => {
			tab.actions.editMessage("c", { seq: 1 }, "1");
			tab.actions.deleteMessage("c", { seq: 1 });
		});
		expect(said()).toEqual(["typo", "1"]);
		expect(row().deleted_at).not.toBeNull();
		expect(outbox(next)).toEqual([]);
	});

	it("is not shown as refused for want of the message's place", async () => {
		const { clock, server, network, device, tab, openTab, said } = await open();
		network.setFaults({ ...noFaults, dropped: 1, slowest: 100 });
		const clientId = tab.actions.sendMessage("c", { body: "0" });
		await clock.advance(10);
		tab.actions.editMessage("c", { clientId }, "1");
		await clock.advance(10);
		device.setDiskFull(true, true);
		network.setFaults(noFaults);
		while (said().length < 3) await clock.advance(1);
		device.setDiskFull(true, false);
		await clock.advance(30_000);
		expect(said()).toEqual(["typo", "0", "1"]);
		device.crash(tab);
		for (let n = 0; n < 200; n++)
			server.send("bob", { chat: "c", client_id: `b${n}`, body: `${n}` });
		device.setDiskFull(false);
		const next = await openTab();
		await clock.advance(60_000);
		expect(outbox(next)).toEqual([]);
	});
});
