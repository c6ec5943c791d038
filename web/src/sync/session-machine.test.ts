import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstSession, nextSession, reconnectDelay, type SessionEvent } from "./session-machine";

const play = (...events: SessionEvent[]) =>
	events.reduce((session, event, at) => nextSession(session, event, at + 1), firstSession);

describe("the session machine", () => {
	it("goes from connecting over syncing to live and forgets its failures there", () => {
		const lost: SessionEvent = { kind: "lost", nextTryAt: 9, hasNetwork: true };
		expect(play(lost, lost)).toMatchObject({ status: "reconnecting", failures: 2, nextTryAt: 9 });
		const session = play(lost, { kind: "connect" }, { kind: "opened" }, { kind: "synced" });
		expect(session).toMatchObject({ status: "live", failures: 0, isLoaded: true, nextTryAt: null });
	});

	it("keeps the time at which a status began", () => {
		const lost: SessionEvent = { kind: "lost", nextTryAt: 9, hasNetwork: true };
		expect(play(lost, lost, lost).since).toBe(1);
	});

	it("says offline only without a connection: a living one is believed", () => {
		const live = play({ kind: "opened" }, { kind: "synced" });
		expect(nextSession(live, { kind: "network", isOn: false }, 9).status).toBe("live");
		const offline = play({ kind: "lost", nextTryAt: 9, hasNetwork: false });
		expect(offline.status).toBe("offline");
		expect(nextSession(offline, { kind: "network", isOn: true }, 9).status).toBe("reconnecting");
	});

	it("shows why it ended", () => {
		expect(play({ kind: "opened" }, { kind: "ended", reason: "revoked" })).toMatchObject({
			status: "signed-out",
			reason: "revoked",
		});
	});

	it("waits between half a second and twenty, whatever the failures and the luck", () => {
		fc.assert(
			fc.property(
				fc.nat({ max: 5_000 }),
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				(n, luck) => {
					const wait = reconnectDelay(n, () => luck);
					expect(wait).toBeGreaterThanOrEqual(500);
					expect(wait).toBeLessThanOrEqual(20_000);
				},
			),
		);
	});
});
