/** What a device whose clock is set back must not wait for. */
import { describe, expect, it } from "vitest";
import { createFakeClock } from "./model/fake-clock";
import { createModelDevice } from "./model/model-device";
import { createModelNetwork, noFaults } from "./model/model-network";
import { createModelServer } from "./model/model-server";

const HOUR_MS = 3_600_000;

async function open() {
	const clock = createFakeClock();
	const server = createModelServer(clock.steady);
	const network = createModelNetwork(server, clock, () => 0.5);
	const device = createModelDevice("ann", clock, network);
	server.addChat("c", "ann", "bob");
	const tab = device.openTab();
	await clock.advance(1_000);
	const rows = () => server.chats.get("c")?.rows ?? [];
	const hear = async () => {
		server.send("bob", { chat: "c", client_id: `b${rows().length}`, body: "hello" });
		await clock.advance(10);
	};
	return { clock, server, network, tab, rows, hear };
}

describe("a clock that is set back an hour", () => {
	it("holds no message back that waits for its next attempt", async () => {
		const { clock, network, tab, rows } = await open();
		network.setFaults({ ...noFaults, busy: 1 });
		tab.actions.sendMessage("c", { body: "one" });
		await clock.advance(500);
		network.setFaults(noFaults);
		clock.jump(-HOUR_MS);
		tab.actions.sendMessage("c", { body: "two" });
		await clock.advance(5_000);
		expect(rows().map((row) => row.body)).toEqual(["one", "two"]);
	});

	it("holds no receipt back", async () => {
		const { clock, server, tab, hear } = await open();
		await hear();
		clock.jump(-HOUR_MS);
		await hear();
		tab.actions.markRead("c", 2);
		await clock.advance(3_000);
		expect(server.chats.get("c")?.members.get("ann")?.read_seq).toBe(2);
	});

	it("keeps telling that one types", async () => {
		const { clock, network, tab } = await open();
		tab.actions.setTyping("c", true);
		clock.jump(-HOUR_MS);
		tab.actions.setTyping("c", true);
		expect(network.told()).toEqual(["typing true", "typing true"]);
	});
});
