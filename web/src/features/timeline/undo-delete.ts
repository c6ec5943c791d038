import { useSyncExternalStore } from "react";

/** Deletions the person may still take back: the row is gone from sight, not yet from the server. */
const WAIT_MS = 6000;

type Pending = { commit: () => void; timer: ReturnType<typeof setTimeout> };

const pending = new Map<string, Pending>();
let keys: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function changed() {
	keys = new Set(pending.keys());
	for (const notify of listeners) notify();
}

/** Hides the row now and deletes it when the time to undo is over. */
export function deleteLater(key: string, commit: () => void): void {
	if (pending.has(key)) return;
	pending.set(key, { commit, timer: setTimeout(() => commitDelete(key), WAIT_MS) });
	changed();
}

export function undoDelete(key: string): void {
	clearTimeout(pending.get(key)?.timer);
	pending.delete(key);
	changed();
}

function commitDelete(key: string) {
	const entry = pending.get(key);
	if (!entry) return;
	clearTimeout(entry.timer);
	pending.delete(key);
	entry.commit();
	changed();
}

/** Leaving the page ends the time to undo: what was deleted stays deleted. */
export function commitAllDeletes(): void {
	for (const key of [...pending.keys()]) commitDelete(key);
}

addEventListener("pagehide", commitAllDeletes);

export function usePendingDeletes(): ReadonlySet<string> {
	return useSyncExternalStore(
		(notify) => {
			listeners.add(notify);
			return () => {
				listeners.delete(notify);
			};
		},
		() => keys,
	);
}

export const UNDO_MS = WAIT_MS;
