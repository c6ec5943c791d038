/** Where a chat opens, and what that says of what was read. */
import { describe, expect, it } from "vitest";
import { selectTimeline, unreadOf } from "@/sync/selectors";
import { noFaults } from "./model/model-network";
import { createOnePerson } from "./model/one-person";

async function openWithUnread(count: number) {
	const { clock, server, network, device } = createOnePerson(() => 2);
	for (let nr = 1; nr <= count; nr++)
		server.send("bob", { chat: "c", client_id: `b${nr}`, body: `${nr}` });
	const tab = device.openTab();
	await clock.advance(1_000);
	const shown = () => selectTimeline(tab.getState(), "c").rows.map((row) => row.message.body);
	const unread = () => {
		const entry = tab.getState().chats.get("c");
		return entry === undefined ? null : unreadOf(entry);
	};
	return { clock, network, tab, shown, unread };
}

describe("a chat with many unread messages", () => {
	it("opens at the first of them", async () => {
		const { clock, tab, shown } = await openWithUnread(120);
		await Promise.all([tab.actions.openChat("c"), clock.advance(100)]);
		expect(shown()).toContain("1");
		expect(shown()).not.toContain("120");
	});

	it("stays unread where the newest stand in for the first that could not be had", async () => {
		const { clock, network, tab, shown, unread } = await openWithUnread(120);
		network.setFaults({ ...noFaults, lostCall: 1 });
		const opened = tab.actions.openChat("c");
		await clock.advance(1);
		network.setFaults(noFaults);
		await Promise.all([opened, clock.advance(30_000)]);
		expect(shown()).toContain("120");
		expect(shown()).not.toContain("1");
		tab.actions.markRead("c", 120);
		await clock.advance(5_000);
		expect(unread()).toBe(120);
		// Who goes to the newest wants to be done with the rest.
		await Promise.all([tab.actions.jumpToLatest("c"), clock.advance(100)]);
		tab.actions.markRead("c", 120);
		await clock.advance(5_000);
		expect(unread()).toBe(0);
	});
});
