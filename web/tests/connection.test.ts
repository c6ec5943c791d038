/** How soon a dead connection is found out, and how soon a living one is used. */
import { describe, expect, it } from "vitest";
import { createFakeClock } from "./model/fake-clock";
import { createModelDevice } from "./model/model-device";
import { createModelNetwork, noFaults } from "./model/model-network";
import { createModelServer } from "./model/model-server";

async function open() {
	const clock = createFakeClock();
	const server = createModelServer(clock.now);
	const network = createModelNetwork(server, clock, () => 0.5);
	const device = createModelDevice("ann", clock, network);
	server.addChat("c", "ann", "bob");
	const tab = device.openTab();
	await clock.advance(1_000);
	const status = () => tab.getState().session.status;
	expect(status()).toBe("live");
	return { clock, server, network, device, tab, status };
}

describe("a connection that went silent", () => {
	it("is given up within a second of the device's word that there is no network", async () => {
		const { clock, network, device, tab, status } = await open();
		network.setDown(true);
		device.setNetwork(false);
		await clock.advance(1_100);
		expect(status()).toBe("offline");
		network.setDown(false);
		device.setNetwork(true);
		await clock.advance(100);
		expect(status()).toBe("live");
		expect(tab.getState().session.failures).toBe(0);
	});

	it("is kept when it answers, whatever the device says", async () => {
		const { clock, device, status } = await open();
		device.setNetwork(false);
		await clock.advance(20_000);
		expect(status()).toBe("live");
	});

	it("is found out by a message that nobody acknowledges", async () => {
		const { clock, network, tab, status } = await open();
		network.setDown(true);
		tab.actions.sendMessage("c", { body: "hello?" });
		await clock.advance(4_900);
		expect(status()).toBe("live");
		await clock.advance(300);
		expect(status()).toBe("reconnecting");
	});

	it("is kept while it talks, though answers get lost behind what it says", async () => {
		const { clock, network, server, tab, status } = await open();
		network.setFaults({ ...noFaults, lostAnswer: 1 });
		const talk = async (seconds: number) => {
			for (let second = 0; second < seconds; second++) {
				server.send("bob", { chat: "c", client_id: crypto.randomUUID(), body: "and more" });
				await clock.advance(1_000);
				expect(status()).toBe("live");
			}
		};
		await talk(70);
		tab.actions.sendMessage("c", { body: "does anybody hear me?" });
		await talk(30);
		// A second of its silence is over already.
		await clock.advance(2_100);
		expect(status()).toBe("reconnecting");
	});

	it("is not doubted while it is only slow", async () => {
		const { clock, network, server, tab, status } = await open();
		network.setFaults({ ...noFaults, slowest: 2_500 });
		tab.actions.sendMessage("c", { body: "by steam" });
		for (let second = 0; second < 15; second++) {
			await clock.advance(1_000);
			expect(status()).toBe("live");
		}
		expect(server.chats.get("c")?.rows).toHaveLength(1);
	});
});
