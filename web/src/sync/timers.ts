/** Timers by name: each name has one, and setting it anew calls the earlier one off. */
import type { Clock } from "./clock";

export type Timers<Name> = {
	readonly set: (name: Name, ms: number, task: () => void) => void;
	readonly has: (name: Name) => boolean;
	readonly clear: (name: Name) => void;
	readonly clearAll: () => void;
};

export function createTimers<Name>(clock: Clock): Timers<Name> {
	const cancels = new Map<Name, () => void>();

	function clear(name: Name): void {
		cancels.get(name)?.();
		cancels.delete(name);
	}

	return {
		set(name, ms, task) {
			clear(name);
			const cancel = clock.after(ms, () => {
				cancels.delete(name);
				task();
			});
			cancels.set(name, cancel);
		},
		has: (name) => cancels.has(name),
		clear,
		clearAll() {
			for (const name of [...cancels.keys()]) clear(name);
		},
	};
}
