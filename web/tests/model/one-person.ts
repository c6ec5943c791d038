/** One person's device on a network of its own, with a chat with somebody else: where most stories begin. */
import { createFakeClock } from "./fake-clock";
import { createModelDevice } from "./model-device";
import { createModelNetwork } from "./model-network";
import { createModelServer } from "./model-server";

/** `diskDelay` says how long the next write or reading takes: half of it before it is done, half after. */
export function createOnePerson(diskDelay?: () => number) {
	const clock = createFakeClock();
	const server = createModelServer(clock.now);
	const network = createModelNetwork(server, clock, () => 0.5);
	const device = createModelDevice("ann", clock, network, diskDelay);
	server.addChat("c", "ann", "bob");
	/** A tab that is live and shows the chat. */
	const openTab = async () => {
		const tab = device.openTab();
		await clock.advance(1_000);
		await Promise.all([tab.actions.openChat("c"), clock.advance(100)]);
		return tab;
	};
	const bodies = () => server.chats.get("c")?.rows.map((row) => row.body) ?? [];
	return { clock, server, network, device, openTab, bodies };
}
