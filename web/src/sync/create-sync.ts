/**
 * Makes the one `Sync` of a page.
 */
import type { Api } from "@/api/client";
import { createActions } from "./actions";
import type { Clock } from "./clock";
import type { Core } from "./core";
import { createSignedIn, type SignedInDeps } from "./signed-in";
import type { Socket } from "./socket";
import { emptyState } from "./state";
import { createStore } from "./store";
import type { Notice, State, Sync } from "./types";

export type SyncDeps = SignedInDeps & {
	readonly api: Api;
	readonly socket: Socket;
	readonly clock: Clock;
};

export type SyncHost = Sync & {
	/** The page is being hidden or closed. */
	readonly flush: () => void;
	readonly networkChanged: (isOn: boolean) => void;
	/** Another tab changed what this device keeps. */
	readonly diskChanged: (key: string | null) => void;
};

export function createSync(deps: SyncDeps): SyncHost {
	const session = { ...emptyState.session, since: deps.clock.now() };
	const store = createStore<State>({ ...emptyState, session }, deps.clock);
	const listeners = new Set<(notice: Notice) => void>();
	const core: Core = {
		...deps,
		store,
		notify(notice) {
			for (const listener of [...listeners]) listener(notice);
		},
	};
	const signedIn = createSignedIn(core, deps);

	return {
		getState: store.getState,
		subscribe: store.subscribe,
		actions: createActions(core, signedIn),
		onNotice(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		stop: signedIn.stop,
		flush: () => signedIn.session()?.flush(),
		networkChanged: signedIn.networkChanged,
		diskChanged: signedIn.diskChanged,
	};
}
