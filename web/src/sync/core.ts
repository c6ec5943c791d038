/**
 * What every working part of `sync` is given.
 */
import type { Api } from "@/api/client";
import type { Clock } from "./clock";
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
