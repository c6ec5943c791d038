const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

/** The modifier of shortcuts as its keyboard labels it. */
export const MOD = isApple ? "⌘" : "Ctrl";

export function isMod(event: { ctrlKey: boolean; metaKey: boolean }): boolean {
	return isApple ? event.metaKey : event.ctrlKey;
}

/** "Ctrl K" or "⌘K", as each platform writes it. */
export function keysOf(key: string): string {
	return isApple ? `⌘${key}` : `Ctrl ${key}`;
}

type Pressed = { readonly key: string; readonly code: string };

const SIGNS: Record<string, string> = { Comma: ",", Slash: "/" };

/**
 * What the key writes, in lower case; where that is no Latin letter, what a
 * Latin keyboard writes there. A Ukrainian's Ctrl К is a Ctrl K.
 */
export function latinKey({ key, code }: Pressed): string {
	// Cyrillic and Arabic keyboards have the dot where others have the slash.
	const isOther = key.length === 1 && (key > "\u024f" || (key === "." && code === "Slash"));
	const letter = /^Key([A-Z])$/.exec(code)?.[1];
	return (isOther ? (letter ?? SIGNS[code] ?? key) : key).toLowerCase();
}
