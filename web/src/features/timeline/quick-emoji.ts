/** The emoji that are at hand: what was picked last, then what most people mean. */
const USUAL = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
/** Of what was picked last: the others keep about their places. */
const LATEST = 3;

export function quickEmoji(recent: readonly string[]): readonly string[] {
	return [...new Set([...recent.slice(0, LATEST), ...USUAL])].slice(0, USUAL.length);
}
