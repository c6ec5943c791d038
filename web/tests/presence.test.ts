/** Who is here and who writes is for friends, and for the moment. */
import { describe, expect, it } from "vitest";
import { selectPeerPresence, selectTyping } from "@/sync/selectors";
import { createOnePerson } from "./model/one-person";

/** Bob is here and writes, and Ann sees both. */
async function open() {
	const world = createOnePerson();
	const tab = await world.openTab();
	tab.actions.watchPresence(["bob"]);
	const seen = () => selectPeerPresence(tab.getState(), "c")?.online ?? null;
	const typing = () => selectTyping(tab.getState(), "c");
	const type = () =>
		world.server.say("ann", { name: "typing", body: { chat: "c", account: "bob", on: true } });
	await world.clock.advance(1_000);
	type();
	await world.clock.advance(50);
	expect(seen()).toBe(true);
	expect(typing()).toEqual(["bob"]);
	return { ...world, tab, seen, typing, type };
}

describe("a chat that closes", () => {
	it("takes along what was known of the other person", async () => {
		const { clock, server, tab, seen, typing } = await open();
		server.setClosed("c", true);
		await clock.advance(1_000);
		expect(seen()).toBe(null);
		expect(typing()).toEqual([]);
		expect(tab.getState().presence.size).toBe(0);
		expect(tab.getState().typing.size).toBe(0);
	});

	it("does so when it closed while nobody was connected", async () => {
		const { clock, network, server, tab, seen } = await open();
		network.setDown(true);
		network.cut("ann");
		server.setClosed("c", true);
		network.setDown(false);
		await clock.advance(5_000);
		expect(tab.getState().session.status).toBe("live");
		expect(seen()).toBe(null);
		expect(tab.getState().presence.size).toBe(0);
	});

	it("shows nobody who is told of late", async () => {
		const { clock, server, seen, typing, type } = await open();
		server.setClosed("c", true);
		await clock.advance(1_000);
		const body = { account: "bob", online: true, last_seen_at: null };
		server.say("ann", { name: "presence", body });
		type();
		await clock.advance(100);
		expect(seen()).toBe(null);
		expect(typing()).toEqual([]);
	});
});

describe("a chat that opens again", () => {
	it("asks anew who is here, though nothing else is looked at", async () => {
		const { clock, server, seen, typing } = await open();
		server.setClosed("c", true);
		await clock.advance(1_000);
		server.setClosed("c", false);
		await clock.advance(1_000);
		expect(seen()).toBe(true);
		expect(typing()).toEqual([]);
	});
});

describe("a connection that goes", () => {
	it("leaves nobody typing", async () => {
		const { clock, network, tab, typing } = await open();
		network.cut("ann");
		expect(tab.getState().session.status).toBe("reconnecting");
		expect(typing()).toEqual([]);
		await clock.advance(2_000);
		expect(tab.getState().session.status).toBe("live");
		expect(typing()).toEqual([]);
	});
});
