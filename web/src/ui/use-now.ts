import { useEffect, useSyncExternalStore } from "react";

const MINUTE_MS = 60_000;
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick() {
	now = Date.now();
	for (const notify of listeners) notify();
}

function subscribe(notify: () => void) {
	listeners.add(notify);
	if (listeners.size === 1) {
		now = Date.now();
		timer = setInterval(tick, MINUTE_MS);
		document.addEventListener("visibilitychange", tick);
	}
	return () => {
		listeners.delete(notify);
		if (listeners.size > 0) return;
		clearInterval(timer);
		document.removeEventListener("visibilitychange", tick);
	};
}

/** Longer waits than a timer can count are made of several. */
const LONGEST_MS = 86_400_000;

/** Tells the time anew at this very moment too. */
export function useTickAt(at: number | null): void {
	useEffect(() => {
		if (at === null) return;
		let wait: ReturnType<typeof setTimeout> | undefined;
		function look() {
			const left = (at ?? 0) - Date.now();
			if (left > 0) wait = setTimeout(look, Math.min(left, LONGEST_MS));
			else tick();
		}
		look();
		return () => clearTimeout(wait);
	}, [at]);
}

/** The time, good to a minute: one timer for all who show "5 minutes ago". */
export function useNow(): number {
	return useSyncExternalStore(subscribe, () => now);
}
