import { watched } from "./watched";

/** The emoji used last and the tone of skin, kept on this device. */
type Taste = { recent: readonly string[]; tone: number };

const KEY = "tidings.emoji";
const AT_MOST = 27;

const taste = watched(read());

function read(): Taste {
	try {
		const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Taste>;
		const recent = Array.isArray(kept.recent) ? kept.recent.filter(isText).slice(0, AT_MOST) : [];
		const tone = Number.isInteger(kept.tone) ? Math.min(5, Math.max(0, Number(kept.tone))) : 0;
		return { recent, tone };
	} catch {
		return { recent: [], tone: 0 };
	}
}

function isText(value: unknown): value is string {
	return typeof value === "string";
}

function write(next: Taste): void {
	taste.write(next);
	try {
		localStorage.setItem(KEY, JSON.stringify(next));
	} catch {
		// A full or refused storage costs the memory of a taste, nothing else.
	}
}

/** Remembers a pick, the newest first; kept without its tone, which may change. */
export function rememberEmoji(emoji: string): void {
	const recent = [emoji, ...taste.read().recent.filter((one) => one !== emoji)].slice(0, AT_MOST);
	write({ ...taste.read(), recent });
}

export function setTone(tone: number): void {
	write({ ...taste.read(), tone });
}

export const useTaste = taste.use;
