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
