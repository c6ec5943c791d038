/**
 * Deletions the person may still take back: the row is gone from sight, not
 * yet from the server. What is still waiting when its page goes must not come
 * back, so it is also written down here at once, and done by the next page.
 */
import type { Actions } from "@/sync/types";
import { goneRows } from "@/ui/gone-rows";
import { STAY_MS } from "@/ui/toast";

const WRITTEN = "tidings.deletes";

export type Target = { seq: number } | { clientId: string };

/** What is deleted: names only, no words of it. */
type Doomed = { account: string; chat: string; target: Target; dueAt: number };

type Pending = { commit: () => void; timer: ReturnType<typeof setTimeout> };

const pending = new Map<string, Pending>();

function changed() {
	goneRows.write(new Set(pending.keys()));
}

/** Hides the row now and deletes it when the time to undo is over. */
export function deleteLater(key: string, doomed: Omit<Doomed, "dueAt">, commit: () => void): void {
	if (pending.has(key)) return;
	pending.set(key, { commit, timer: setTimeout(() => commitDelete(key), STAY_MS) });
	write((all) => all.set(key, { ...doomed, dueAt: Date.now() + STAY_MS }));
	changed();
}

export function undoDelete(key: string): void {
	clearTimeout(pending.get(key)?.timer);
	pending.delete(key);
	write((all) => all.delete(key));
	changed();
}

function commitDelete(key: string) {
	const entry = pending.get(key);
	if (!entry) return;
	clearTimeout(entry.timer);
	pending.delete(key);
	write((all) => all.delete(key));
	entry.commit();
	changed();
}

/** The time to undo is over, for the one who deleted goes. The next page of the account does what is left. */
export function parkDeletes(): (() => void)[] {
	const left = [...pending.values()];
	write((all) => {
		for (const key of pending.keys()) {
			const doomed = all.get(key);
			if (doomed) all.set(key, { ...doomed, dueAt: 0 });
		}
	});
	pending.clear();
	for (const { timer } of left) clearTimeout(timer);
	changed();
	return left.map(({ commit }) => commit);
}

/** Whether a page's last words are heard is not sure, so the next one says them again. */
function leave(): void {
	for (const commit of parkDeletes()) commit();
}

addEventListener("pagehide", leave);

/** Does what another page of this account left undone; what another tab may still take back waits its time. */
export function resumeDeletes(
	account: string,
	deleteMessage: Actions["deleteMessage"],
): () => void {
	const timers = [...read()]
		.filter(([key, doomed]) => doomed.account === account && !pending.has(key))
		.map(([key, { chat, target, dueAt }]) =>
			setTimeout(
				() => {
					// It was taken back, or done, meanwhile.
					if (!read().has(key)) return;
					write((all) => all.delete(key));
					deleteMessage(chat, target);
				},
				Math.max(0, dueAt - Date.now()),
			),
		);
	return () => timers.forEach(clearTimeout);
}

function read(): Map<string, Doomed> {
	try {
		return new Map(JSON.parse(localStorage.getItem(WRITTEN) ?? "[]") as [string, Doomed][]);
	} catch {
		return new Map();
	}
}

function write(change: (all: Map<string, Doomed>) => void): void {
	const all = read();
	change(all);
	try {
		if (all.size === 0) localStorage.removeItem(WRITTEN);
		else localStorage.setItem(WRITTEN, JSON.stringify([...all]));
	} catch {
		// A full or refused storage costs what a page that goes leaves undone, nothing else.
	}
}

export const usePendingDeletes = goneRows.use;
