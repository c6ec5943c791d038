/**
 * Keeps one connection: opens it, catches up, checks it, opens it again.
 *
 * Says when to connect and what state that is; what events mean is not here.
 */
import { type ApiError, isApiError } from "@/api/client";
import type { Problem, ServerEvents } from "@/api/wire.gen";
import { type Core, isLive, moveSession } from "./core";
import { createPulse, type PulseTimer } from "./pulse";
import { reconnectDelay } from "./session-machine";
import type { ServerEvent } from "./socket";
import { createTimers } from "./timers";

/** A connection that is up but never says `ready` is not one. */
const READY_MS = 20_000;
const SYNC_AGAIN_MS = 500;
/** How long a doubted connection may stay silent where the device itself says that it has no network. */
const OFFLINE_PROBE_MS = 1_000;

export type ConnectionHooks = {
	/** Before anything may arrive: events are to be kept aside. */
	readonly onOpening: () => void;
	readonly onReady: (ready: ServerEvents["ready"]) => void;
	readonly sync: () => Promise<void>;
	/** Caught up: what was kept aside may be applied, what waits may be sent. */
	readonly onLive: () => void;
	readonly onLost: () => void;
	readonly onEvent: (event: ServerEvent) => void;
	readonly check: () => Promise<void>;
	readonly onEnded: (reason: "revoked" | "expired") => void;
	readonly hasNetwork: () => boolean;
};

export type Connection = {
	readonly open: () => void;
	/** Opens now instead of after the wait; checks the connection when there is one. */
	readonly hurry: () => void;
	readonly setNetwork: (isOn: boolean) => void;
	/** Something waits longer than it should: finds out whether anybody still answers. */
	readonly doubt: () => void;
	/** Asks for a sync soon; several wishes become one. */
	readonly requestSync: () => void;
	readonly close: () => void;
};

type TimerName = PulseTimer | "retry" | "drain" | "ready" | "sync";

export function createConnection(core: Core, hooks: ConnectionHooks): Connection {
	const timers = createTimers<TimerName>(core.clock);
	/** Tells an answer that belongs to an earlier connection. */
	let turn = 0;
	let isClosed = false;
	let hasRefreshed = false;
	let isSyncing = false;
	const pulse = createPulse(core, timers, {
		check: hooks.check,
		turn: () => turn,
		onSilence: () => lost(null),
	});

	function open(): void {
		if (isClosed) return;
		timers.clearAll();
		turn++;
		hooks.onOpening();
		moveSession(core, { kind: "connect" });
		timers.set("ready", READY_MS, () => lost(null));
		const mine = turn;
		core.socket.open({
			onEvent: (event) => mine === turn && hear(event),
			onClose: (problem) => mine === turn && void closed(problem),
		});
	}

	function hear(event: ServerEvent): void {
		pulse.hear();
		switch (event.name) {
			case "ready":
				timers.clear("ready");
				hasRefreshed = false;
				moveSession(core, { kind: "opened" });
				hooks.onReady(event.body);
				if (!isClosed) void syncFirst();
				break;
			case "login.revoked":
				end("revoked");
				break;
			case "sync.required":
				requestSync();
				break;
			case "server.drain":
				moveSession(core, { kind: "drain" });
				timers.set("drain", event.body.after_ms, open);
				break;
			default:
				hooks.onEvent(event);
		}
	}

	/** Catches up on a new connection; again on the same one when the server is only busy. */
	async function syncFirst(): Promise<void> {
		const mine = turn;
		try {
			await hooks.sync();
			if (mine !== turn) return;
			moveSession(core, { kind: "synced" });
			hooks.onLive();
			pulse.start();
		} catch (error) {
			if (mine === turn) notSynced(error, syncFirst);
		}
	}

	function notSynced(error: unknown, again: () => Promise<void>): void {
		if (isBusy(error)) timers.set("sync", busyDelay(error, core.clock.random), () => void again());
		else lost(null);
	}

	function requestSync(): void {
		if (timers.has("sync") || !isLive(core.store.getState())) return;
		timers.set("sync", SYNC_AGAIN_MS * core.clock.random(), () => void syncAgain());
	}

	async function syncAgain(): Promise<void> {
		if (isSyncing) {
			requestSync();
			return;
		}
		const mine = turn;
		isSyncing = true;
		try {
			await hooks.sync();
		} catch (error) {
			if (mine === turn) notSynced(error, syncAgain);
		} finally {
			isSyncing = false;
		}
	}

	async function closed(problem: Problem | null): Promise<void> {
		if (problem?.status !== 401 || hasRefreshed) {
			lost(problem);
			return;
		}
		hasRefreshed = true;
		const mine = turn;
		try {
			await core.api.refresh();
			if (mine === turn) open();
		} catch (error) {
			if (mine !== turn) return;
			if (isApiError(error) && error.status === 401) end("expired");
			else lost(null);
		}
	}

	function lost(problem: Problem | null): void {
		if (isClosed) return;
		turn++;
		timers.clearAll();
		core.socket.close();
		hooks.onLost();
		const wait = waitAfter(core, problem);
		const nextTryAt = core.clock.now() + wait;
		moveSession(core, { kind: "lost", nextTryAt, hasNetwork: hooks.hasNetwork() });
		timers.set("retry", wait, open);
		// After a wait the login may have run out again, which is no reason to give up.
		hasRefreshed = false;
	}

	function end(reason: "revoked" | "expired"): void {
		close();
		hooks.onEnded(reason);
	}

	function close(): void {
		isClosed = true;
		turn++;
		timers.clearAll();
		core.socket.close();
	}

	return {
		open,
		hurry() {
			if (timers.has("retry")) open();
			else pulse.probe();
		},
		setNetwork(isOn) {
			moveSession(core, { kind: "network", isOn });
			if (isOn && timers.has("retry")) open();
			else pulse.probe(isOn ? undefined : OFFLINE_PROBE_MS);
		},
		doubt: () => pulse.probe(),
		requestSync,
		close,
	};
}

/** How long until the next attempt: longer with each, and no shorter than the server wants. */
function waitAfter({ store, clock }: Core, problem: Problem | null): number {
	const { failures } = store.getState().session;
	const least = (problem?.retry_after ?? 0) * 1_000;
	return Math.max(least, reconnectDelay(failures, clock.random));
}

/** The server says when, and not all at once. */
function busyDelay(error: ApiError, random: () => number): number {
	return (error.retryAfter ?? 0) * 1_000 + reconnectDelay(1, random);
}

function isBusy(error: unknown): error is ApiError {
	return isApiError(error) && (error.status === 503 || error.status === 429);
}
