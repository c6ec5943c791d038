/**
 * Emoji for the picker, made into modules when the client is built:
 * `virtual:emoji/emoji-list` has every emoji in order, `virtual:emoji/emoji-en`
 * and its like what they are called. One line an emoji, in the same order in each.
 *
 * The data is Unicode's own; only what the picker shows leaves this file.
 */
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const read = createRequire(import.meta.url);
/** The last part names the built file, by which the service worker knows it. */
const PREFIX = "virtual:emoji/emoji-";
const LANGUAGES = ["en", "de", "es", "uk", "ar"];

/** Newer ones are empty boxes on many a device still in use. */
const NEWEST = 15;
/** Skin tones and hair by themselves. */
const COMPONENTS = 2;
const LIGHT = 0x1f3fb;

type Emoji = {
	hexcode: string;
	emoji: string;
	label: string;
	group?: number;
	order?: number;
	version: number;
	skins?: { tone: number | number[]; emoji: string }[];
};
type Annotation = { default?: string[]; tts?: string[] };

const bare = (emoji: string) => emoji.replaceAll("\ufe0f", "");

/** Without the mark that says "as a picture", where the character is one anyway. */
const plain = (emoji: string) => emoji.replace(/^(\p{Emoji_Presentation})\ufe0f$/u, "$1");

/** Whether the tone simply follows the first character, so that it need not be listed. */
function takesTone({ emoji, skins = [] }: Emoji): boolean {
	const [first = "", ...rest] = Array.from(emoji);
	const toned = first + String.fromCodePoint(LIGHT) + rest.join("");
	return skins.some((skin) => skin.tone === 1 && bare(skin.emoji) === bare(toned));
}

function readEmoji(): Emoji[] {
	const all = read("emojibase-data/en/data.json") as Emoji[];
	return all
		.map((one) => ({ ...one, emoji: plain(one.emoji) }))
		.filter((one) => one.group !== undefined && one.group !== COMPONENTS && one.version <= NEWEST)
		.sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
}

/** `group emoji tone shortcodes`, for each emoji. */
function listLines(): string[] {
	const codes = read("emojibase-data/en/shortcodes/emojibase.json") as Record<
		string,
		string | string[]
	>;
	return readEmoji().map((one) => {
		const named = [codes[one.hexcode] ?? []].flat();
		return [one.group, one.emoji, takesTone(one) ? 1 : 0, ...named].join(" ");
	});
}

/** `name|word|word`, for each emoji; the words of the name itself are left out. */
function nameLines(language: string): string[] {
	const folder = `cldr-annotations-full/annotations/${language}/annotations.json`;
	const { annotations } = read(folder) as {
		annotations: { annotations: Record<string, Annotation> };
	};
	const known = new Map(
		Object.entries(annotations.annotations).map(([emoji, words]) => [bare(emoji), words]),
	);
	return readEmoji().map(({ emoji, label }) => {
		const { tts = [], default: words = [] } = known.get(bare(emoji)) ?? {};
		const name = tts[0] ?? label;
		const others = words.filter((word) => !name.toLowerCase().includes(word.toLowerCase()));
		return [name, ...others].join("|");
	});
}

export function emoji(): Plugin {
	return {
		name: "emoji",
		resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
		load(id) {
			if (!id.startsWith(`\0${PREFIX}`)) return null;
			const what = id.slice(PREFIX.length + 1);
			if (what !== "list" && !LANGUAGES.includes(what)) return null;
			const lines = what === "list" ? listLines() : nameLines(what);
			return `export const text = ${JSON.stringify(lines.join("\n"))};`;
		},
	};
}
