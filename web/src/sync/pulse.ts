/**
 * Finds out whether a connection still lives: now and then, and when in doubt.
 */
import { isApiError } from "@/api/client";
import { type Core, isLive } from "./core";
import type { Timers } from "./timers";

const CHECK_MS = 45_000;
const CHECK_JITTER_MS = 5_000;
/** A doubted connection is dead when it stays silent for so long; a phone's radio may need to wake first. */
const PROBE_MS = 3_000;

export type PulseTimer = "check" | "probe";

type Hooks = {
	readonly check: () => Promise<void>;
	/** Another with each connection: tells an answer that belongs to an earlier one. */
	readonly turn: () => number;
	readonly onSilence: () => void;
};

export function createPulse(core: Core, timers: Timers<PulseTimer>, hooks: Hooks) {
	const { turn, onSilence } = hooks;
	/** How much the server said of itself, over all connections. */
	let heard = 0;

	function start(): void {
		const jitter = (2 * core.clock.random() - 1) * CHECK_JITTER_MS;
		timers.set("check", CHECK_MS + jitter, () => void check());
	}

	/**
	 * Silence means that the connection is dead, whatever the network says. While
	 * the server talks, an answer may only be late behind it, and is asked for again.
	 */
	async function check(): Promise<void> {
		const mine = turn();
		const before = heard;
		try {
			await hooks.check();
		} catch (error) {
			if (mine === turn() && !isApiError(error)) {
				if (heard > before) return check();
				onSilence();
			}
		}
		if (mine === turn() && isLive(core.store.getState())) start();
	}

	function awaitWord(patienceMs: number): void {
		timers.set("probe", patienceMs, onSilence);
	}

	return {
		/** Plans the next check. */
		start,
		/** A check that does not wait as long as a call may; one at a time. */
		probe(patienceMs = PROBE_MS): void {
			if (timers.has("probe") || !isLive(core.store.getState())) return;
			const mine = turn();
			awaitWord(patienceMs);
			void check().then(() => mine === turn() && timers.clear("probe"));
		},
		hear(): void {
			heard++;
			if (timers.has("probe")) awaitWord(PROBE_MS);
		},
	};
}
