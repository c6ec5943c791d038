import { useSyncExternalStore } from "react";

/** A value outside React, and the one way to read, change and watch it. */
export function watched<T>(first: T) {
	let value = first;
	const watchers = new Set<() => void>();

	function watch(notify: () => void): () => void {
		watchers.add(notify);
		return () => {
			watchers.delete(notify);
		};
	}

	function read(): T {
		return value;
	}

	return {
		read,
		write(next: T): void {
			value = next;
			for (const notify of watchers) notify();
		},
		watch,
		/** In a component: drawn again with each change. */
		use: () => useSyncExternalStore(watch, read),
	};
}
