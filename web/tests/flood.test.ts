/** Many messages within a moment: what they cost those who listen, and what is held after. */
import { describe, expect, it } from "vitest";
import { selectTimeline } from "@/sync/selectors";
import { noFaults } from "./model/model-network";
import { createOnePerson } from "./model/one-person";

const COUNT = 500;

function writeAll(server: ReturnType<typeof createOnePerson>["server"]) {
	for (let index = 1; index <= COUNT; index++) {
		server.send("bob", { chat: "c", client_id: `n${index}`, body: `news ${index}` });
	}
}

describe("a flood of messages", () => {
	it("is told to the page as a few changes, and all of it is there", async () => {
		const { clock, server, openTab } = createOnePerson();
		const tab = await openTab();
		let told = 0;
		tab.subscribe(() => told++);
		writeAll(server);
		await clock.advance(2_000);
		expect(told).toBeLessThan(20);
		expect(tab.getState().chats.get("c")).toMatchObject({ seq: COUNT });
		const { rows } = selectTimeline(tab.getState(), "c");
		expect(rows.at(-1)?.message.body).toBe(`news ${COUNT}`);
	});

	it("mounts a few screens under one who reads at the end, and has more at hand", async () => {
		const { clock, server, network, openTab } = createOnePerson();
		const tab = await openTab();
		writeAll(server);
		await clock.advance(2_000);
		const { rows, isFollowing } = selectTimeline(tab.getState(), "c");
		expect(isFollowing).toBe(true);
		expect(rows.length).toBeGreaterThanOrEqual(100);
		expect(rows.length).toBeLessThanOrEqual(140);
		network.cut("ann");
		await tab.actions.loadOlder("c");
		expect(selectTimeline(tab.getState(), "c").rows).toHaveLength(rows.length + 20);
	});

	it("leaves a reader further up in place", async () => {
		const { clock, server, openTab } = createOnePerson();
		const tab = await openTab();
		tab.actions.holdRows("c", true);
		writeAll(server);
		await clock.advance(2_000);
		const { rows, isFollowing } = selectTimeline(tab.getState(), "c");
		expect(isFollowing).toBe(false);
		expect(rows[0]?.message.seq).toBe(1);
		expect(rows).toHaveLength(200);
	});

	it("does not hold up what the person does meanwhile", async () => {
		const { clock, server, openTab } = createOnePerson();
		const tab = await openTab();
		writeAll(server);
		await clock.advance(1);
		let told = 0;
		tab.subscribe(() => told++);
		tab.actions.saveDraft("c", { body: "w" });
		expect(told).toBe(1);
	});

	it("is told as little when it came while the page caught up", async () => {
		const { clock, server, network, openTab } = createOnePerson();
		const tab = await openTab();
		network.cut("ann");
		// The answer to the sync takes a second; the events that overtake it wait.
		network.setFaults({ ...noFaults, slowest: 1_000 });
		while (tab.getState().session.status !== "syncing") await clock.advance(10);
		await clock.advance(600);
		network.setFaults(noFaults);
		writeAll(server);
		await clock.advance(10);
		expect(tab.getState()).toMatchObject({ session: { status: "syncing" } });
		let told = 0;
		tab.subscribe(() => told++);
		await clock.advance(2_000);
		expect(tab.getState().chats.get("c")).toMatchObject({ seq: COUNT });
		expect(told).toBeLessThan(20);
	});
});
