/**
 * Writes the chat state to disk, so that the next start shows it at once and
 * asks only for what is new. The leading tab alone does so.
 *
 * What must hold: an entry and its rows are saved together, as they were at
 * one moment; and rows are saved only where they are current.
 */
import type { Clock } from "./clock";
import type { SavedChat, Storage } from "./persistence";
import { withoutHidden } from "./reducers/hidden";
import { NO_MINE } from "./reducers/mine";
import { timelineOf } from "./state";
import type { Store } from "./store";
import { emptyTimeline, rangeAt } from "./timeline";
import type { ChatEntry, State, Timeline } from "./types";

const WRITE_MS = 1_000;
const SAVED_ROWS = 40;

export type Cache = { readonly flush: () => Promise<void>; readonly stop: () => void };

export type CacheDeps = { store: Store<State>; clock: Clock; storage: Storage };

type Seen = { readonly entry: ChatEntry; readonly timeline: Timeline };

export function createCache({ store, clock, storage }: CacheDeps): Cache {
	const saved = new Map<string, Seen>();
	let cancelTimer: (() => void) | null = null;
	let savedArev = -1;

	async function flush(): Promise<void> {
		cancelTimer?.();
		cancelTimer = null;
		const state = store.getState();
		if (!state.isLeader || state.me === null || state.epoch === null) return;
		const changed = [...state.chats.values()].filter((entry) => {
			const seen = saved.get(entry.id);
			return seen?.entry !== entry || seen.timeline !== timelineOf(state, entry.id);
		});
		const gone = [...saved.keys()].filter((id) => !state.chats.has(id));
		if (changed.length === 0 && gone.length === 0 && savedArev === state.arev) return;
		for (const entry of changed) {
			saved.set(entry.id, { entry, timeline: timelineOf(state, entry.id) });
		}
		for (const id of gone) saved.delete(id);
		savedArev = state.arev;
		const { me, epoch, arev } = state;
		const toChat = (entry: ChatEntry) => toSaved(epoch, entry, timelineOf(state, entry.id));
		const chats = changed.map(toChat);
		const mark = { me, epoch, arev };
		// A cache that cannot be written costs a longer sync next time, nothing else;
		// but no later mark may stand beside a chat from before it.
		await storage.save({ mark, chats, gone }).catch(() => {
			for (const { id } of chats) saved.delete(id);
			savedArev = -1;
		});
	}

	const unsubscribe = store.subscribe(() => {
		cancelTimer ??= clock.after(WRITE_MS, () => void flush());
	});

	return {
		flush,
		stop() {
			unsubscribe();
			cancelTimer?.();
		},
	};
}

function toSaved(epoch: string, entry: ChatEntry, timeline: Timeline): SavedChat {
	const range = rangeAt(timeline.ranges, entry.seq);
	const rows = [];
	const from = range === null ? entry.seq + 1 : Math.max(range[0], entry.seq - SAVED_ROWS + 1);
	for (let seq = from; seq <= entry.seq; seq++) {
		const row = timeline.bySeq.get(seq);
		if (row !== undefined) rows.push(row);
	}
	return { id: entry.id, epoch, entry, rows };
}

/** The state as it was saved. What came since the restore began is not overwritten. */
export function restoreChats(state: State, chats: readonly SavedChat[]): State {
	const entries = new Map(chats.map((chat) => [chat.id, asHeld(chat.entry)]));
	const timelines = new Map(chats.map((chat) => [chat.id, toTimeline(chat)]));
	const restored: State = {
		...state,
		chats: new Map([...entries, ...state.chats]),
		timelines: new Map([...timelines, ...state.timelines]),
	};
	return chats.reduce((next, { id }) => withoutHidden(next, id), restored);
}

/** What was asked for then is told by the disk, if it still waits; an earlier build knew of none. */
function asHeld(entry: ChatEntry): ChatEntry {
	const heldMine = { ...NO_MINE, ...entry.heldMine };
	return { ...entry, heldMine, mine: heldMine };
}

function toTimeline({ rows }: SavedChat): Timeline {
	const first = rows[0];
	const last = rows.at(-1);
	if (first === undefined || last === undefined) return emptyTimeline;
	return {
		...emptyTimeline,
		bySeq: new Map(rows.map((row) => [row.seq, row])),
		ranges: [[first.seq, last.seq]],
	};
}
