/** What is left of a login, on this device and on the server, once somebody signs out. */
import { describe, expect, it } from "vitest";
import type { SyncHost } from "@/sync/create-sync";
import type { ModelDevice } from "./model/model-device";
import { noFaults } from "./model/model-network";
import { account } from "./model/model-server";
import { createOnePerson } from "./model/one-person";

const HOUR_MS = 3_600_000;
/** What stays on the device: that somebody signed out. */
const left = ["tidings.signing-out"];

async function open(diskDelay?: () => number) {
	const world = createOnePerson(diskDelay);
	return { ...world, tab: await world.openTab() };
}

/** One tab signs out without a network and in again, while another sleeps through both. */
async function openAndSignInAgain() {
	const opened = await open();
	const { clock, network, device, tab } = opened;
	const other = device.openTab();
	await clock.advance(1_000);
	device.sleep(other, 20_000);
	network.setDown(true);
	void tab.actions.signOut();
	await clock.advance(3_000);
	network.setDown(false);
	await Promise.all([tab.actions.signedIn(account("ann")), clock.advance(1_000)]);
	return { ...opened, other };
}

describe("signing out", () => {
	it("leaves nothing behind on the device when one signs out", async () => {
		const { clock, network, device, tab } = await open();
		tab.actions.saveDraft("c", { body: "a draft" });
		network.setFaults({ ...noFaults, lostAnswer: 1 });
		tab.actions.sendMessage("c", { body: "queued" });
		tab.actions.setMine("c", { pinned: true });
		await clock.advance(100);
		network.setFaults(noFaults);
		await Promise.all([tab.actions.signOut(), clock.advance(100)]);
		expect(tab.getState()).toMatchObject({
			me: null,
			session: { status: "signed-out", reason: null },
		});
		const next = device.openTab();
		await clock.advance(2_000);
		expect(next.getState().outbox).toEqual([]);
		expect(next.getState().drafts.size).toBe(0);
		expect(next.getState().wishes.size).toBe(0);
	});
});

describe("signing in again", () => {
	it("takes in the tabs where nobody was signed in any more", async () => {
		const { clock, network, device, tab } = await open();
		const other = device.openTab();
		await clock.advance(1_000);
		await Promise.all([tab.actions.signOut(), clock.advance(3_000)]);
		expect(other.getState()).toMatchObject({ me: null, session: { status: "signed-out" } });
		network.welcome("ann");
		await Promise.all([tab.actions.signedIn(account("ann")), clock.advance(3_000)]);
		expect(other.getState()).toMatchObject({ me: { id: "ann" }, session: { status: "live" } });
	});
});

describe("signing out without a network", () => {
	it("is done here at once, in every tab, and told to the server when it can be", async () => {
		const { clock, network, device, tab } = await open();
		const other = device.openTab();
		await clock.advance(1_000);
		tab.actions.saveDraft("c", { body: "a draft" });
		network.cut("ann");
		network.setDown(true);
		void tab.actions.signOut();
		await clock.advance(2_100);
		// The tab that was asked need not be told.
		for (const [one, reason] of [[tab, null] as const, [other, "other-tab"] as const])
			expect(one.getState()).toMatchObject({
				me: null,
				session: { status: "signed-out", reason },
				isFarewellDue: true,
			});
		// A page that opens now shows nothing, though the browser still holds the login.
		const next = device.openTab();
		await clock.advance(1_000);
		expect(next.getState()).toMatchObject({ me: null, session: { status: "signed-out" } });
		expect(network.farewells()).toEqual([]);

		network.setDown(false);
		device.setNetwork(true);
		await clock.advance(30_000);
		expect(network.farewells()).toContain("ann");
		for (const one of device.tabs) expect(one.getState().isFarewellDue).toBe(false);
		const last = device.openTab();
		await clock.advance(1_000);
		expect(last.getState()).toMatchObject({ me: null, session: { status: "signed-out" } });
	});

	it("is over once somebody signs in, whose login it must not end", async () => {
		const { clock, network, device, tab } = await open();
		network.setDown(true);
		void tab.actions.signOut();
		await clock.advance(2_100);
		expect(tab.getState().isFarewellDue).toBe(true);
		network.setDown(false);
		await Promise.all([tab.actions.signedIn(account("ann")), clock.advance(1_000)]);
		device.setNetwork(true);
		await clock.advance(60_000);
		expect(tab.getState()).toMatchObject({ session: { status: "live" }, isFarewellDue: false });
		expect(network.farewells()).toEqual([]);
	});

	it("keeps its reason and no draft though the server ends the login before it answers", async () => {
		const { clock, network, device, tab } = await open();
		tab.actions.saveDraft("c", { body: "a draft" });
		await clock.advance(1_000);
		void tab.actions.signOut();
		network.revoke("ann");
		await clock.advance(1_000);
		expect(tab.getState().session).toMatchObject({ status: "signed-out", reason: null });
		network.welcome("ann");
		const next = device.openTab();
		await Promise.all([next.actions.signedIn(account("ann")), clock.advance(1_000)]);
		expect(next.getState()).toMatchObject({ me: { id: "ann" }, session: { status: "live" } });
		expect(next.getState().drafts.size).toBe(0);
	});
});

describe("signing out and in again", () => {
	it("sends nothing of before, though the tab that was asked is gone amid it", async () => {
		const { clock, network, device, tab, bodies } = await open();
		network.setDown(true);
		network.cut("ann");
		tab.actions.sendMessage("c", { body: "queued" });
		tab.actions.saveDraft("c", { body: "a draft" });
		await clock.advance(1_000);
		void tab.actions.signOut();
		await clock.advance(500);
		device.crash(tab);
		const next = device.openTab();
		await clock.advance(1_000);
		network.setDown(false);
		await Promise.all([next.actions.signedIn(account("ann")), clock.advance(30_000)]);
		expect(bodies()).toEqual([]);
		expect(next.getState().outbox).toEqual([]);
		expect(next.getState().drafts.size).toBe(0);
	});

	it("loses nothing to a tab that slept meanwhile and hears of the sign-out late", async () => {
		const { clock, network, device, tab, other } = await openAndSignInAgain();
		network.setDown(true);
		network.cut("ann");
		tab.actions.saveDraft("c", { body: "a draft" });
		tab.actions.sendMessage("d", { body: "queued" });
		await clock.advance(30_000);
		for (const one of [other, tab]) expect(one.getState().me?.id).toBe("ann");
		device.crash(tab);
		const next = device.openTab();
		await clock.advance(1_000);
		expect(next.getState().outbox).toMatchObject([{ body: "queued" }]);
		expect(next.getState().drafts.get("c")?.body).toBe("a draft");
	});

	it("tells the next login nothing of what a tab wrote that slept meanwhile, and takes the tab in", async () => {
		const { clock, tab, other, bodies } = await openAndSignInAgain();
		other.actions.sendMessage("c", { body: "of the first login" });
		await clock.advance(30_000);
		expect(bodies()).toEqual([]);
		for (const one of [tab, other]) {
			expect(one.getState()).toMatchObject({ me: { id: "ann" }, session: { status: "live" } });
			expect(one.getState().outbox).toEqual([]);
		}
		expect([tab, other].filter((one) => one.getState().isLeader)).toHaveLength(1);
	});

	it("begins another login, though the tab slept amid the deleting and another through all of it", async () => {
		const { clock, network, device, tab } = await open();
		const other = device.openTab();
		await clock.advance(1_000);
		for (const one of [tab, other]) device.sleep(one, 3_000);
		void tab.actions.signOut();
		await clock.advance(2_900);
		network.welcome("ann");
		void tab.actions.signedIn(account("ann"));
		let ended = 0;
		other.onNotice((notice) => {
			if (notice.kind === "signed-out" && notice.reason !== "asked") ended++;
		});
		await clock.advance(10_000);
		expect(ended).toBe(0);
		for (const one of [tab, other])
			expect(one.getState()).toMatchObject({ me: { id: "ann" }, session: { status: "live" } });
	});

	it("is not ended by a page that opens as somebody signs in", async () => {
		const { clock, network, device, tab } = await open(() => 1_000);
		network.setDown(true);
		void tab.actions.signOut();
		await clock.advance(100);
		network.setDown(false);
		void tab.actions.signedIn(account("ann"));
		device.openTab();
		await clock.advance(30_000);
		expect(network.farewells()).toEqual([]);
		expect(tab.getState()).toMatchObject({ me: { id: "ann" }, session: { status: "live" } });
	});

	it("loses nothing to the tab that slept amid its own sign-out", async () => {
		const { clock, network, device, tab } = await open();
		const other = device.openTab();
		await clock.advance(1_000);
		network.setDown(true);
		void tab.actions.signOut();
		device.sleep(tab, 20_000);
		await clock.advance(1_000);
		// A page that opens asks for a sign-in by now.
		const next = device.openTab();
		await clock.advance(1_000);
		device.crash(other);
		network.setDown(false);
		await Promise.all([next.actions.signedIn(account("ann")), clock.advance(1_000)]);
		next.actions.saveDraft("c", { body: "a draft" });
		await clock.advance(30_000);
		// The tab has woken to a login that began meanwhile, and is taken in.
		for (const one of [tab, next]) {
			expect(one.getState().me?.id).toBe("ann");
			expect(one.getState().drafts.get("c")?.body).toBe("a draft");
		}
	});
});

describe("a login that was ended from elsewhere", () => {
	it("shows nothing more, and keeps what was written here for the next sign-in", async () => {
		const { clock, network, device, tab } = await open();
		tab.actions.saveDraft("c", { body: "a draft" });
		network.revoke("ann");
		await clock.advance(1_000);
		expect(tab.getState()).toMatchObject({
			me: null,
			session: { status: "signed-out", reason: "revoked" },
		});
		expect(tab.getState().chats.size).toBe(0);
		const next = device.openTab();
		await clock.advance(2_000);
		expect(next.getState().drafts.get("c")?.body).toBe("a draft");
	});
});

/** One tab is asked to sign out and comes to nothing more; another is open beside it. */
const fates = [
	["frozen", (device: ModelDevice, tab: SyncHost) => device.sleep(tab, HOUR_MS)],
	["killed", (device: ModelDevice, tab: SyncHost) => device.crash(tab)],
] as const;

for (const [fate, befall] of fates) {
	describe(`a sign-out whose tab is ${fate} right after`, () => {
		async function ask() {
			const opened = await open();
			const { clock, device, tab } = opened;
			const other = device.openTab();
			await clock.advance(1_000);
			tab.actions.sendMessage("c", { body: "sent" });
			tab.actions.saveDraft("c", { body: "a draft" });
			await clock.advance(2_000);
			return { ...opened, other };
		}
		const isOut = (tab: SyncHost, reason: "other-tab" | null) =>
			expect(tab.getState()).toMatchObject({
				me: null,
				session: { status: "signed-out", reason },
			});

		it("is carried out by another tab, and told to the server", async () => {
			const { clock, network, device, tab, other } = await ask();
			expect(await device.kept()).not.toEqual([]);
			void tab.actions.signOut();
			befall(device, tab);
			await clock.advance(5_000);
			isOut(other, "other-tab");
			expect(network.farewells()).toEqual(["ann"]);
			expect(other.getState().isFarewellDue).toBe(false);
			expect(await device.kept()).toEqual(left);
		});

		it("is carried out at once without a network, and told when there is one", async () => {
			const { clock, network, device, tab, other } = await ask();
			network.setDown(true);
			network.cut("ann");
			other.actions.sendMessage("c", { body: "queued" });
			await clock.advance(100);
			void tab.actions.signOut();
			befall(device, tab);
			await clock.advance(100);
			isOut(other, "other-tab");
			await clock.advance(4_000);
			expect(other.getState().isFarewellDue).toBe(true);
			network.setDown(false);
			await clock.advance(30_000);
			expect(network.farewells()).toEqual(["ann"]);
			expect(other.getState().isFarewellDue).toBe(false);
			expect(await device.kept()).toEqual(left);
		});

		it("is carried out by the next page where no other was open", async () => {
			const { clock, network, device, tab, other } = await ask();
			device.crash(other);
			void tab.actions.signOut();
			befall(device, tab);
			await clock.advance(5_000);
			const next = device.openTab();
			await clock.advance(1_000);
			isOut(next, null);
			expect(network.farewells()).toEqual(["ann"]);
			expect(await device.kept()).toEqual(left);
		});
	});
}

describe("a tab that slept through a sign-out in which all was done", () => {
	it("leaves when it wakes, and writes nothing", async () => {
		const { clock, network, device, tab } = await open();
		const other = device.openTab();
		await clock.advance(1_000);
		tab.actions.sendMessage("c", { body: "heard by both" });
		tab.actions.saveDraft("c", { body: "typed as the tab fell asleep" });
		await clock.advance(10);
		device.sleep(tab, 20_000);
		void other.actions.signOut();
		await clock.advance(10_000);
		expect(network.farewells()).toEqual(["ann"]);
		expect(await device.kept()).toEqual(left);
		await clock.advance(20_000);
		expect(tab.getState()).toMatchObject({
			me: null,
			session: { status: "signed-out", reason: "other-tab" },
		});
		expect(await device.kept()).toEqual(left);
	});
});

describe("a sign-out amid the deleting", () => {
	it("goes on in the next page, though its tab is gone before the disk had it", async () => {
		const { clock, device, tab } = await open(() => 1_000);
		tab.actions.sendMessage("c", { body: "sent" });
		await clock.advance(10_000);
		void tab.actions.signOut();
		await clock.advance(100);
		device.crash(tab);
		expect(await device.kept()).toContain("c");
		device.openTab();
		await clock.advance(5_000);
		expect(await device.kept()).toEqual(left);
	});
});

describe("a database that never opens", () => {
	it("keeps nobody from signing in", async () => {
		const { clock, network, device, tab } = await open();
		await Promise.all([tab.actions.signOut(), clock.advance(1_000)]);
		network.welcome("ann");
		device.blockStorage();
		await Promise.all([tab.actions.signedIn(account("ann")), clock.advance(10_000)]);
		expect(tab.getState().session.status).toBe("live");
	});
});
