/**
 * A value with listeners, and nothing else.
 *
 * All chat state is one immutable value here; whoever changes it replaces it.
 * Listeners are told once per change, in the order they subscribed.
 */
export type Store<T> = {
	readonly getState: () => T;
	readonly subscribe: (listener: () => void) => () => void;
	readonly update: (change: (state: T) => T) => void;
};

export function createStore<T>(initial: T): Store<T> {
	let state = initial;
	const listeners = new Set<() => void>();
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
			for (const listener of [...listeners]) listener();
		},
	};
}
