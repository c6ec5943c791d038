import { useSyncExternalStore } from "react";

const PAUSE_MS = 1000;

let spoken = "";
let lastAt = 0;
let waiting: string | null = null;
const listeners = new Set<() => void>();

/** Says `text` to screen readers, politely, at most once a second; the newest wins. */
export function announce(text: string): void {
	const since = Date.now() - lastAt;
	if (since >= PAUSE_MS && waiting === null) {
		say(text);
		return;
	}
	if (waiting === null) setTimeout(flush, Math.max(0, PAUSE_MS - since));
	waiting = text;
}

function flush() {
	const text = waiting;
	waiting = null;
	if (text !== null) say(text);
}

function say(text: string) {
	lastAt = Date.now();
	// The same words twice must differ, or readers take them for no change.
	spoken = text === spoken ? `${text}\u00a0` : text;
	for (const notify of listeners) notify();
}

function subscribe(notify: () => void) {
	listeners.add(notify);
	return () => {
		listeners.delete(notify);
	};
}

/**
 * The one place that speaks. It stands in the page from the start; a modal
 * dialog carries its own, because regions outside it are silent then.
 */
export function Announcer() {
	const text = useSyncExternalStore(subscribe, () => spoken);
	return (
		<div className="sr" aria-live="polite" aria-atomic="true">
			{text}
		</div>
	);
}
