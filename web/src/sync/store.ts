/**
 * A value with listeners, and nothing else.
 *
 * All chat state is one immutable value here; whoever changes it replaces it.
 * Listeners are told in the order they subscribed: at once of what the person
 * did, and with the next frame of what came by itself, all of it as one change.
 */
import type { Clock } from "./clock";

export type Store<T> = {
	readonly getState: () => T;
	readonly subscribe: (listener: () => void) => () => void;
	readonly update: (change: (state: T) => T) => void;
	/** Updates made by `task` take effect at once and are told with the next frame, or earlier with another. */
	readonly gather: (task: () => void) => void;
};

export function createStore<T>(initial: T, { frame }: Pick<Clock, "frame">): Store<T> {
	let state = initial;
	let isGathering = false;
	let cancelFrame: (() => void) | null = null;
	const listeners = new Set<() => void>();

	function tell(): void {
		cancelFrame?.();
		cancelFrame = null;
		for (const listener of [...listeners]) listener();
	}

	return {
		getState: () => state,
		subscribe(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		update(change) {
			const next = change(state);
			if (Object.is(next, state)) return;
			state = next;
			if (isGathering) cancelFrame ??= frame(tell);
			else tell();
		},
		gather(task) {
			const wasGathering = isGathering;
			isGathering = true;
			try {
				task();
			} finally {
				isGathering = wasGathering;
			}
		},
	};
}
