/**
 * Fetches again what is mounted but no longer trusted.
 */
import { type Core, isConnected } from "./core";
import { type PageFetcher, toFailure } from "./page-fetcher";
import { isWindowCovered } from "./timeline";
import type { ChatEntry, Failure, Timeline } from "./types";

const MAX_REPAIRS = 5;
/** When a repair failed though there is a connection. */
const REPAIR_MS = 2_000;

export type Patch = (
	chat: string,
	change: (timeline: Timeline, entry: ChatEntry) => Timeline,
) => void;

type Deps = {
	/** The chats that are looked at. */
	readonly open: ReadonlySet<string>;
	readonly read: (chat: string) => Timeline;
	readonly patch: Patch;
	readonly openAt: (chat: string) => Promise<void>;
	readonly fetchStretch: PageFetcher["fetchStretch"];
};

/** Gives what repairs one chat, or every open one. */
export function createRepairs(core: Core, deps: Deps): (only?: string) => void {
	const { open, read, patch, openAt, fetchStretch } = deps;
	const repairing = new Set<string>();
	const entryOf = (chat: string) => core.store.getState().chats.get(chat);

	/** Trust may be lost again on the way, so it is looked at again; but rows may also be gone for good. */
	async function repairOne(chat: string): Promise<void> {
		const { window, isJumping, loadError: before } = read(chat);
		if (entryOf(chat) !== undefined && window === null && !isJumping) await openAt(chat);
		for (let attempt = 0; attempt < MAX_REPAIRS; attempt++) {
			const entry = entryOf(chat);
			const { window } = read(chat);
			if (entry === undefined || window === null || !open.has(chat)) return;
			if (isWindowCovered(read(chat), entry.seq)) {
				patch(chat, (timeline) => withoutFailure(timeline, before));
				return;
			}
			try {
				await fetchStretch(chat, window.from, window.to ?? entry.seq);
			} catch (error) {
				patch(chat, (timeline) => ({ ...timeline, loadError: toFailure(error) }));
				core.clock.after(REPAIR_MS, () => repair(chat));
				return;
			}
		}
	}

	function repair(only?: string): void {
		if (!isConnected(core.store.getState())) return;
		for (const chat of open) {
			if ((only !== undefined && only !== chat) || repairing.has(chat)) continue;
			repairing.add(chat);
			void repairOne(chat).finally(() => repairing.delete(chat));
		}
	}

	return repair;
}

/** There is a connection again: what could not be had before may be asked for. */
function withoutFailure(timeline: Timeline, before: Failure | null): Timeline {
	const isOver = timeline.loadError === before && !timeline.isStandIn;
	return isOver ? { ...timeline, loadError: null } : timeline;
}
