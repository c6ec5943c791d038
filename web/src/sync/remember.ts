/**
 * Answers that keep their identity while what they were made from does.
 */
import type { State } from "./types";

/** Remembers the answer for the part of the state it is made from. */
export function memo<K extends object, T>(
	part: (state: State) => K,
	compute: (part: K) => T,
): (state: State) => T {
	const remembered = weakly(compute);
	return (state) => remembered(part(state));
}

/** Remembers one answer per object, for as long as the object lives. */
export function weakly<K extends object, T>(compute: (key: K) => T): (key: K) => T {
	const known = new WeakMap<K, { value: T }>();
	return (key) => {
		let entry = known.get(key);
		if (entry === undefined) {
			entry = { value: compute(key) };
			known.set(key, entry);
		}
		return entry.value;
	};
}
