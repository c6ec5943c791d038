/** What happens to a message between the press of Enter and the server. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SyncHost } from "@/sync/create-sync";
import { retryDelay } from "@/sync/outbox-sender";
import { selectDraft, selectFailed, selectTimeline, tickOf } from "@/sync/selectors";
import { noFaults } from "./model/model-network";
import { createOnePerson } from "./model/one-person";

async function open() {
	const world = createOnePerson();
	return { ...world, tab: await world.openTab() };
}

const rows = (tab: SyncHost) => selectTimeline(tab.getState(), "c").rows;
const states = (tab: SyncHost) => rows(tab).map((row) => row.state);

describe("words that are forwarded", () => {
	it("come into each chat once and in order, and leave what is being written there", async () => {
		const { clock, server, network, tab } = await open();
		server.addChat("d", "ann", "bob");
		await clock.advance(1_000);
		tab.actions.saveDraft("d", { body: "half a", replyToSeq: null });
		network.setDown(true);
		network.cut("ann");
		tab.actions.forward(["c", "d"], ["one", "two", "three"]);
		await clock.advance(1_000);
		network.setFaults({ ...noFaults, lostAnswer: 0.5, slowest: 300 });
		network.setDown(false);
		await clock.advance(20_000);
		network.setFaults(noFaults);
		await clock.advance(60_000);
		for (const chat of ["c", "d"]) {
			const bodies = server.chats.get(chat)?.rows.map(({ body }) => body);
			expect(bodies, chat).toEqual(["one", "two", "three"]);
		}
		expect(selectDraft(tab.getState(), "d")?.body).toBe("half a");
	});
});

describe("a message", () => {
	it("is shown at once, keeps its key to the end, and shows its ticks", async () => {
		const { clock, server, tab } = await open();
		const id = tab.actions.sendMessage("c", { body: "hello" });
		expect(rows(tab)).toMatchObject([{ key: id, state: "waiting", message: { body: "hello" } }]);
		await clock.advance(1_000);
		expect(rows(tab)).toMatchObject([{ key: id, state: "stored", message: { seq: 1 } }]);
		const ticks = (deliveredSeq: number, readSeq: number) => {
			const row = rows(tab)[0];
			return row === undefined ? null : tickOf(row, { deliveredSeq, readSeq });
		};
		expect([ticks(0, 0), ticks(1, 0), ticks(1, 1)]).toEqual(["stored", "delivered", "read"]);
		expect(server.chats.get("c")?.rows).toHaveLength(1);
	});

	it("is stored once though the first answer is lost, and waits like one that has time", async () => {
		const { clock, network, tab, bodies } = await open();
		network.setFaults({ ...noFaults, lostAnswer: 1, dropped: 1 });
		tab.actions.sendMessage("c", { body: "once" });
		await clock.advance(9_000);
		expect(bodies()).toEqual(["once"]);
		expect(states(tab)).toEqual(["sending"]);
		await clock.advance(1_500);
		expect(states(tab)).toEqual(["waiting"]);
		network.setFaults(noFaults);
		await clock.advance(30_000);
		expect(bodies()).toEqual(["once"]);
		expect(tab.getState().outbox).toEqual([]);
	});

	it("that is refused stays with its reason, lets the next one pass, and may be sent again", async () => {
		const { clock, tab, bodies } = await open();
		const id = tab.actions.sendMessage("c", { body: "REFUSE" });
		tab.actions.sendMessage("c", { body: "next" });
		await clock.advance(1_000);
		expect(bodies()).toEqual(["next"]);
		expect(selectFailed(tab.getState())).toMatchObject([
			{ id, error: { code: "message.refused" } },
		]);
		tab.actions.editMessage("c", { clientId: id }, "better");
		tab.actions.retryAll();
		await clock.advance(1_000);
		expect(bodies()).toEqual(["next", "better"]);
		expect(tab.getState().outbox).toEqual([]);
	});

	it("may be changed and taken back before it leaves", async () => {
		const { clock, network, tab, bodies } = await open();
		network.cut("ann");
		network.setDown(true);
		const one = tab.actions.sendMessage("c", { body: "one" });
		const two = tab.actions.sendMessage("c", { body: "two" });
		tab.actions.editMessage("c", { clientId: one }, "one, better");
		tab.actions.deleteMessage("c", { clientId: two });
		expect(rows(tab).map((row) => row.message.body)).toEqual(["one, better"]);
		network.setDown(false);
		await clock.advance(60_000);
		expect(bodies()).toEqual(["one, better"]);
	});

	it("is not sent while its deletion may be taken back, and is in its order once it was", async () => {
		const { clock, network, tab, bodies } = await open();
		network.cut("ann");
		network.setDown(true);
		const one = tab.actions.sendMessage("c", { body: "one" });
		tab.actions.sendMessage("c", { body: "two" });
		tab.actions.holdMessage(one, true);
		network.setDown(false);
		await clock.advance(30_000);
		expect(bodies()).toEqual([]);
		tab.actions.holdMessage(one, false);
		await clock.advance(1_000);
		expect(bodies()).toEqual(["one", "two"]);
		network.cut("ann");
		network.setDown(true);
		const three = tab.actions.sendMessage("c", { body: "three" });
		tab.actions.sendMessage("c", { body: "four" });
		tab.actions.holdMessage(three, true);
		network.setDown(false);
		await clock.advance(30_000);
		tab.actions.deleteMessage("c", { clientId: three });
		await clock.advance(1_000);
		expect(bodies()).toEqual(["one", "two", "four"]);
	});

	it("deleted before its answer came is deleted before anything else is said, after a reload too", async () => {
		const { clock, network, device, server, tab } = await open();
		network.setFaults({ ...noFaults, lostCall: 1 });
		const clientId = tab.actions.sendMessage("c", { body: "hasty" });
		await clock.advance(100);
		expect(tab.getState().outbox).toMatchObject([{ attempts: 1 }]);
		network.cut("ann");
		network.setDown(true);
		network.setFaults(noFaults);
		for (const body of ["one", "two", "three"]) tab.actions.sendMessage("c", { body });
		tab.actions.deleteMessage("c", { clientId });
		expect(rows(tab).map((row) => row.message.deleted_at !== null)).toContain(true);
		await clock.advance(100);
		device.crash(tab);
		const next = device.openTab();
		await clock.advance(1_000);
		network.setDown(false);
		await clock.advance(60_000);
		const told = (server.chats.get("c")?.rows ?? []).toSorted((a, b) => a.rev - b.rev);
		expect(told.map(({ body }) => body)).toEqual(["", "one", "two", "three"]);
		expect(next.getState().outbox).toEqual([]);
	});

	it("changed while it is on its way is changed after it", async () => {
		const { clock, network, tab, bodies } = await open();
		network.setFaults({ ...noFaults, slowest: 500 });
		const id = tab.actions.sendMessage("c", { body: "first" });
		await clock.advance(1);
		tab.actions.editMessage("c", { clientId: id }, "second");
		expect(rows(tab).map((row) => row.message.body)).toEqual(["second"]);
		await clock.advance(10_000);
		expect(bodies()).toEqual(["second"]);
		expect(tab.getState().outbox).toEqual([]);
	});

	it("edited in vain returns to what the server holds when the change is dropped", async () => {
		const { clock, server, tab } = await open();
		tab.actions.sendMessage("c", { body: "mine" });
		await clock.advance(1_000);
		tab.actions.editMessage("c", { seq: 1 }, "changed");
		expect(rows(tab)[0]?.message.body).toBe("changed");
		server.remove("ann", { chat: "c", seq: 1 });
		await clock.advance(2_000);
		expect(rows(tab)[0]).toMatchObject({ message: { body: "" }, pending: { state: "failed" } });
		tab.actions.discard(rows(tab)[0]?.pending?.id ?? "");
		expect(rows(tab)[0]?.pending).toBeNull();
	});

	it("outlives its tab, and the next tab sends it", async () => {
		const { clock, network, device, tab, bodies } = await open();
		network.cut("ann");
		network.setDown(true);
		for (const body of ["1", "2", "3"]) tab.actions.sendMessage("c", { body });
		device.crash(tab);
		network.setDown(false);
		const next = device.openTab();
		await clock.advance(1);
		expect(next.getState().outbox.map((entry) => entry.body)).toEqual(["1", "2", "3"]);
		await clock.advance(5_000);
		expect(bodies()).toEqual(["1", "2", "3"]);
	});

	it("is sent by another tab when the leading one sleeps", async () => {
		const { clock, device, bodies } = await open();
		const other = device.openTab();
		await clock.advance(1_000);
		device.sleep(device.tabs[0] ?? other, 3_600_000);
		other.actions.sendMessage("c", { body: "awake" });
		await clock.advance(4_000);
		expect(bodies()).toEqual([]);
		await clock.advance(2_000);
		expect(bodies()).toEqual(["awake"]);
		expect(other.getState().isLeader).toBe(true);
	});
});

describe("the wait before a retry", () => {
	it("is 1, 2, 4 … 30 s, give or take a fifth", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 60 }),
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				(n, luck) => {
					const base = Math.min(30_000, 1_000 * 2 ** (n - 1));
					const wait = retryDelay(n, () => luck);
					expect(wait).toBeGreaterThanOrEqual(0.8 * base);
					expect(wait).toBeLessThanOrEqual(1.2 * base);
				},
			),
		);
	});
});
