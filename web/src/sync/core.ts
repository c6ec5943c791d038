/**
 * What every working part of `sync` is given.
 */
import type { Api } from "@/api/client";
import type { Clock } from "./clock";
import { nextSession, type SessionEvent } from "./session-machine";
import type { Socket } from "./socket";
import type { Store } from "./store";
import type { Notice, State } from "./types";

export type Core = {
	readonly store: Store<State>;
	readonly clock: Clock;
	readonly api: Api;
	readonly socket: Socket;
	readonly notify: (notice: Notice) => void;
};

/** What happens to the connection, and nothing else of the state. */
export function moveSession(core: Core, event: SessionEvent): void {
	const now = core.clock.now();
	core.store.update((state) => {
		const session = nextSession(state.session, event, now);
		return session === state.session ? state : { ...state, session };
	});
}

/** True while calls over the socket have a chance. */
export function isConnected(state: State): boolean {
	const status = state.session.status;
	return status === "live" || status === "draining" || status === "syncing";
}

/** True when what is shown is current and changes may be sent. */
export function isLive(state: State): boolean {
	const status = state.session.status;
	return status === "live" || status === "draining";
}
