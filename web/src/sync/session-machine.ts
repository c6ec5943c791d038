/**
 * The states of a connection and what moves between them. Pure.
 *
 * Nothing here opens a socket; `connection.ts` does, and tells what happened.
 */
import type { Session } from "./types";

export type SessionEvent =
	| { kind: "restored" }
	| { kind: "connect" }
	| { kind: "opened" }
	| { kind: "synced" }
	| { kind: "lost"; nextTryAt: number; hasNetwork: boolean }
	| { kind: "network"; isOn: boolean }
	| { kind: "drain" }
	| { kind: "ended"; reason: Session["reason"] };

export const firstSession: Session = {
	status: "connecting",
	failures: 0,
	since: 0,
	nextTryAt: null,
	reason: null,
	isLoaded: false,
};

export function nextSession(session: Session, event: SessionEvent, now: number): Session {
	const next = step(session, event);
	return next.status === session.status ? next : { ...next, since: now };
}

function step(session: Session, event: SessionEvent): Session {
	switch (event.kind) {
		case "restored":
			return { ...session, isLoaded: true };
		case "connect":
			return session.status === "signed-out"
				? { ...firstSession }
				: { ...session, nextTryAt: null };
		case "opened":
			return { ...session, status: "syncing", nextTryAt: null };
		case "synced":
			return { ...session, status: "live", failures: 0, nextTryAt: null, isLoaded: true };
		case "lost":
			return {
				...session,
				status: event.hasNetwork ? "reconnecting" : "offline",
				failures: session.failures + 1,
				nextTryAt: event.nextTryAt,
			};
		case "network":
			return withNetwork(session, event.isOn);
		case "drain":
			return session.status === "live" ? { ...session, status: "draining" } : session;
		case "ended":
			return { ...firstSession, status: "signed-out", reason: event.reason };
	}
}

/** The device's word about its network; a connection that still works is believed over it. */
function withNetwork(session: Session, isOn: boolean): Session {
	if (session.status === "offline" && isOn) return { ...session, status: "reconnecting" };
	if ((session.status === "reconnecting" || session.status === "connecting") && !isOn) {
		return { ...session, status: "offline" };
	}
	return session;
}

const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/** Full jitter: a crowd that lost one server does not return as one wave. */
export function reconnectDelay(failures: number, random: () => number): number {
	const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures + 1, 10));
	return FIRST_MS + random() * (ceiling - FIRST_MS);
}
