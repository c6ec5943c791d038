/**
 * Every emoji with its names, and the search through them. Fetched when first
 * asked for, in the language of the page; the English shortcodes work in all.
 */
import { currentLanguage } from "@/i18n/setup";
import { folded } from "@/lib/fold";

export type Emoji = {
	emoji: string;
	name: string;
	/** The name as the search reads it. */
	key: string;
	/** What one may type between colons; the first is the one that is shown. */
	codes: readonly string[];
	words: readonly string[];
	hasTones: boolean;
};

export const GROUPS = [
	"smileys",
	"people",
	"nature",
	"food",
	"travel",
	"activities",
	"objects",
	"symbols",
	"flags",
] as const;
export type Group = (typeof GROUPS)[number];

export type EmojiSet = {
	all: readonly Emoji[];
	groups: readonly { group: Group; emoji: readonly Emoji[] }[];
	byText: ReadonlyMap<string, Emoji>;
};

/** Unicode's own numbers of the groups; 2 has parts of emoji only. */
const NUMBERS = ["0", "1", "3", "4", "5", "6", "7", "8", "9"];

const NAMES = {
	en: () => import("virtual:emoji/emoji-en"),
	de: () => import("virtual:emoji/emoji-de"),
	es: () => import("virtual:emoji/emoji-es"),
	uk: () => import("virtual:emoji/emoji-uk"),
	ar: () => import("virtual:emoji/emoji-ar"),
};

const sets = new Map<string, Promise<EmojiSet>>();

export function loadEmoji(): Promise<EmojiSet> {
	const language = currentLanguage();
	const known = sets.get(language);
	if (known) return known;
	const loading = Promise.all([import("virtual:emoji/emoji-list"), NAMES[language]()]).then(
		([list, names]) => readSet(list.text, names.text),
	);
	// A failed fetch may be tried again.
	loading.catch(() => sets.delete(language));
	sets.set(language, loading);
	return loading;
}

export function readSet(list: string, names: string): EmojiSet {
	const groups = GROUPS.map((group) => ({ group, emoji: [] as Emoji[] }));
	const nameLines = names.split("\n");
	const all = list.split("\n").map((line, index) => {
		const [number = "", emoji = "", tone, ...codes] = line.split(" ");
		const [name = "", ...words] = (nameLines[index] ?? "").split("|");
		const one = {
			emoji,
			name,
			key: folded(name),
			codes,
			words: words.map(folded),
			hasTones: tone === "1",
		};
		groups[NUMBERS.indexOf(number)]?.emoji.push(one);
		return one;
	});
	return { all, groups, byText: new Map(all.map((one) => [one.emoji, one])) };
}

/** Best first: the code or name itself, then what begins so (the shortest first), then words, then what contains it. */
export function searchEmoji(set: EmojiSet, typed: string, atMost: number): Emoji[] {
	const wanted = folded(typed);
	if (wanted === "") return [];
	const hits: { emoji: Emoji; rank: number; left: number }[] = [];
	for (const emoji of set.all) {
		const rank = rankOf(emoji, wanted);
		if (rank !== null) hits.push({ emoji, rank, left: leftToType(emoji, wanted) });
	}
	// Sorting keeps Unicode's order among equals.
	return hits
		.sort((one, other) => one.rank - other.rank || one.left - other.left)
		.slice(0, atMost)
		.map(({ emoji }) => emoji);
}

function rankOf(emoji: Emoji, wanted: string): number | null {
	const name = emoji.key;
	if (name === wanted || emoji.codes.includes(wanted)) return 0;
	if (emoji.codes.some((code) => code.startsWith(wanted))) return 1;
	if (name.startsWith(wanted)) return 2;
	if (name.includes(` ${wanted}`)) return 3;
	if (emoji.words.some((word) => word === wanted)) return 4;
	if (emoji.words.some((word) => word.startsWith(wanted))) return 5;
	if (emoji.codes.some((code) => code.includes(`_${wanted}`))) return 6;
	return wanted.length > 2 && name.includes(wanted) ? 7 : null;
}

/** How much of the shortest code that begins so is still to be typed; nothing where none does. */
function leftToType({ codes }: Emoji, wanted: string): number {
	const begun = codes.filter((code) => code.startsWith(wanted));
	return begun.length === 0 ? 0 : Math.min(...begun.map(({ length }) => length));
}

export function byCode(set: EmojiSet, code: string): Emoji | undefined {
	return set.all.find((one) => one.codes.includes(code.toLowerCase()));
}

const LIGHTEST = 0x1f3fb;

/** The emoji in the chosen tone of skin: 0 is none, 1 to 5 from light to dark. */
export function withTone({ emoji, hasTones }: Emoji, tone: number): string {
	if (!hasTones || tone === 0) return emoji;
	const [first = "", ...rest] = Array.from(emoji);
	// The tone says already that a picture is meant.
	if (rest[0] === "\ufe0f") rest.shift();
	return first + String.fromCodePoint(LIGHTEST + tone - 1) + rest.join("");
}
