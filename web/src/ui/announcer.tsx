import { watched } from "./watched";

const PAUSE_MS = 1000;

/** What is said; as a function it is asked for when it is said, which may be a second later. */
type Words = string | (() => string);

const spoken = watched("");
let lastAt = 0;
let waiting: Words | null = null;

/** Says it to screen readers, politely, at most once a second; the newest wins. */
export function announce(words: Words): void {
	const since = Date.now() - lastAt;
	if (since >= PAUSE_MS && waiting === null) {
		say(words);
		return;
	}
	if (waiting === null) setTimeout(flush, Math.max(0, PAUSE_MS - since));
	waiting = words;
}

function flush() {
	const words = waiting;
	waiting = null;
	if (words !== null) say(words);
}

function say(words: Words) {
	const text = typeof words === "string" ? words : words();
	lastAt = Date.now();
	// The same words twice must differ, or readers take them for no change.
	spoken.write(text === spoken.read() ? `${text}\u00a0` : text);
}

/**
 * The one place that speaks. It stands in the page from the start; a modal
 * dialog carries its own, because regions outside it are silent then.
 */
export function Announcer() {
	const text = spoken.use();
	return (
		<div className="sr" aria-live="polite" aria-atomic="true">
			{text}
		</div>
	);
}
