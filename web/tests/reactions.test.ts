/** A reaction is a wish of its own: it waits, is done once, and is no word of the message. */
import { describe, expect, it } from "vitest";
import type { SyncHost } from "@/sync/create-sync";
import { selectTimeline } from "@/sync/selectors";
import type { Notice } from "@/sync/types";
import { noFaults } from "./model/model-network";
import { createOnePerson } from "./model/one-person";

async function open() {
	const world = createOnePerson(() => 2);
	const { clock, server } = world;
	const tab = await world.openTab();
	const notices: Notice[] = [];
	tab.onNotice((notice) => notices.push(notice));
	tab.actions.sendMessage("c", { body: "mine" });
	await clock.advance(1_000);
	server.send("bob", { chat: "c", client_id: "b", body: "theirs" });
	await clock.advance(1_000);
	const row = (seq: number) => server.chats.get("c")?.rows[seq - 1];
	const given = (seq: number) => row(seq)?.reactions.map(({ emoji, count }) => `${emoji}${count}`);
	return { ...world, tab, notices, row, given };
}

const outbox = (tab: SyncHost) => tab.getState().outbox;
const shown = (tab: SyncHost, seq: number) =>
	selectTimeline(tab.getState(), "c").rows.find(({ message }) => message.seq === seq);
const offline = { ...noFaults, lostAnswer: 1, dropped: 1 };

describe("a reaction", () => {
	it("is shown at once and done once, though its answer is lost", async () => {
		const { clock, network, tab, row, given } = await open();
		const before = row(2)?.rev ?? 0;
		network.setFaults(offline);
		tab.actions.react("c", 2, "👍", true);
		expect(shown(tab, 2)?.message.reactions).toEqual([
			{ emoji: "👍", count: 1, accounts: ["ann"] },
		]);
		await clock.advance(20_000);
		network.setFaults(noFaults);
		await clock.advance(30_000);
		expect(outbox(tab)).toEqual([]);
		expect(given(2)).toEqual(["👍1"]);
		expect(row(2)?.rev).toBe(before + 1);
	});

	it("that was changed without a network ends as the last wish", async () => {
		const { clock, network, tab, given } = await open();
		network.setDown(true);
		network.cut("ann");
		for (const on of [true, false, true]) tab.actions.react("c", 2, "👍", on);
		for (const on of [true, false]) tab.actions.react("c", 1, "❤️", on);
		await clock.advance(5_000);
		network.setDown(false);
		await clock.advance(60_000);
		expect([given(1), given(2)]).toEqual([[], ["👍1"]]);
		expect(outbox(tab)).toEqual([]);
	});

	it("that is refused is gone from the screen, and told", async () => {
		const { clock, server, tab, notices } = await open();
		for (const emoji of ["a", "b", "d"])
			server.react("bob", { chat: "c", seq: 2, emoji, on: true });
		await clock.advance(1_000);
		tab.actions.react("c", 2, "👍", true);
		expect(shown(tab, 2)?.message.reactions).toHaveLength(4);
		await clock.advance(1_000);
		expect(shown(tab, 2)?.message.reactions).toHaveLength(3);
		expect(outbox(tab)).toEqual([]);
		const failed = notices.filter((notice) => notice.kind === "failed");
		expect(failed).toMatchObject([
			{ entry: { kind: "react", error: { code: "reaction.too_many" } } },
		]);
	});

	it("is no message that came: nothing is spoken, shown by the system or counted", async () => {
		const { clock, server, tab, notices } = await open();
		notices.length = 0;
		const before = tab.getState().chats.get("c");
		server.react("bob", { chat: "c", seq: 2, emoji: "👍", on: true });
		await clock.advance(1_000);
		expect(shown(tab, 2)?.message.reactions).toHaveLength(1);
		expect(notices.filter((notice) => notice.kind === "message" && notice.isLive)).toEqual([]);
		const { n, read_n, last_at } = tab.getState().chats.get("c") ?? {};
		expect({ n, read_n, last_at }).toEqual({
			n: before?.n,
			read_n: before?.read_n,
			last_at: before?.last_at,
		});
	});
});

describe("a reaction to one's own message", () => {
	it("hides no edit that another device outdid", async () => {
		const { clock, network, server, tab, row } = await open();
		network.setFaults(offline);
		tab.actions.editMessage("c", { seq: 1 }, "right");
		tab.actions.react("c", 1, "👍", true);
		await clock.advance(5_000);
		server.edit("ann", { chat: "c", seq: 1, body: "better", seen_rev: row(1)?.rev });
		network.setFaults(noFaults);
		await clock.advance(60_000);
		expect(row(1)?.body).toBe("better");
		expect(outbox(tab)).toMatchObject([{ kind: "edit", error: { code: "message.changed" } }]);
		expect(row(1)?.reactions).toHaveLength(1);
	});

	it("says nothing of the version that an edit is of", async () => {
		const { clock, network, server, tab, row } = await open();
		network.setDown(true);
		network.cut("ann");
		tab.actions.react("c", 1, "👍", true);
		tab.actions.editMessage("c", { seq: 1 }, "old");
		server.edit("ann", { chat: "c", seq: 1, body: "new", seen_rev: row(1)?.rev });
		network.setDown(false);
		await clock.advance(60_000);
		expect(row(1)?.body).toBe("new");
		expect(outbox(tab)).toMatchObject([{ kind: "edit", error: { code: "message.changed" } }]);
	});
});
