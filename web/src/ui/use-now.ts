import { useSyncExternalStore } from "react";

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

/** The time, good to a minute: one timer for all who show "5 minutes ago". */
export function useNow(): number {
	return useSyncExternalStore(subscribe, () => now);
}
