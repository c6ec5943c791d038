/**
 * Looks after what another tab is to send, until it has: that tab may be frozen
 * or cut off, ours is not.
 */
import { type Core, isLive } from "./core";
import { isOpen } from "./reducers/outbox";
import type { Tabs } from "./tabs";
import type { OutboxEntry } from "./types";

/** How long a leading tab may take to pick up what another tab hands it. */
const LEADER_MS = 5_000;
/** How long it may leave alone what it has begun: longer than any answer and any wait for another try. */
const BEGUN_MS = 60_000;

export type LeaderWatch = {
	/** Minds what waits in the chat. */
	readonly mind: (chat: string) => void;
	readonly stop: () => void;
};

export function createLeaderWatch(core: Core, tabs: Tabs): LeaderWatch {
	const minded = new Set<string>();
	let isStopped = false;

	function look(chat: string, before: OutboxEntry | null, waitedMs: number): void {
		const state = core.store.getState();
		const next = state.outbox.find((entry) => entry.chat === chat && isOpen(entry));
		if (isStopped || state.isLeader || next === undefined) {
			minded.delete(chat);
			return;
		}
		const unchangedMs = next === before ? waitedMs + LEADER_MS : 0;
		const patienceMs = next.attempts === 0 ? LEADER_MS : BEGUN_MS;
		if (unchangedMs >= patienceMs && isLive(state)) tabs.takeLead();
		core.clock.after(LEADER_MS, () => look(chat, next, unchangedMs));
	}

	return {
		mind(chat) {
			if (minded.has(chat)) return;
			minded.add(chat);
			look(chat, null, 0);
		},
		stop() {
			isStopped = true;
		},
	};
}
