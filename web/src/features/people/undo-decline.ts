/**
 * Requests declined a moment ago: gone from sight, not yet from the server, so
 * that a slip of the hand can be taken back. A page that goes declines at once.
 */
import { STAY_MS } from "@/ui/toast";
import { watched } from "@/ui/watched";

type Pending = { commit: () => Promise<unknown>; timer: ReturnType<typeof setTimeout> };

const pending = new Map<string, Pending>();
/** Declined, or being declined: what is answered while the lists are fetched anew blinks not once more. */
const hidden = watched<ReadonlySet<string>>(new Set());

function show(change: (ids: Set<string>) => void) {
	const next = new Set(hidden.read());
	change(next);
	hidden.write(next);
}

/** Hides the request now; `commit` declines it when the time to undo is over. */
export function declineLater(person: string, commit: () => Promise<unknown>): void {
	if (hidden.read().has(person)) return;
	pending.set(person, { commit, timer: setTimeout(() => decline(person), STAY_MS) });
	show((ids) => ids.add(person));
}

export function undoDecline(person: string): void {
	const entry = pending.get(person);
	if (!entry) return;
	clearTimeout(entry.timer);
	pending.delete(person);
	show((ids) => ids.delete(person));
}

function decline(person: string): void {
	const entry = pending.get(person);
	if (!entry) return;
	clearTimeout(entry.timer);
	pending.delete(person);
	void entry.commit().finally(() => show((ids) => ids.delete(person)));
}

/** Whoever signs in next on this page answers for themselves. */
export function forgetDeclines(): void {
	for (const { timer } of pending.values()) clearTimeout(timer);
	pending.clear();
	show((ids) => ids.clear());
}

addEventListener("pagehide", () => {
	for (const person of [...pending.keys()]) decline(person);
});

/** Whose requests are out of sight. */
export const useDeclined = hidden.use;
