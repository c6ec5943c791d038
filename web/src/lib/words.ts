/**
 * Words as the server's search of messages takes them, so that what was found
 * can be marked: each begins a word of the text, whatever its case, width and
 * diacritics. Scripts that are written without spaces come as runs, in which
 * any part is found. The same rules stand in `crates/domain/src/search/words.rs`.
 */

/** A stretch of a text: from this place up to that one. */
export type Stretch = readonly [from: number, to: number];

/** A word or a run, letter by letter, and which stretch of the text each of them is. */
type Run = { readonly letters: string[]; readonly places: Stretch[]; readonly isSpaced: boolean };

/** A letter with its marks, taken apart. */
type Cluster = { parts: string; from: number; to: number };

const MARK = /^\p{M}/u;
const LETTER = /^[\p{Alphabetic}\p{N}]/u;
/** Diacritics, and what only shapes a word. Vowels, tones and voicing make another word, and stay. */
const DROPPED =
	/(?=\p{M})[^\u0900-\u1aaf\u1b00-\u1dbf\u3000-\u30ff\ua800-\uabff\u{11000}-\u{11fff}]|\u093c|\u09bc|\u0a3c|\u0abc|\u0b3c|[\u00ad\u0640\u200b-\u200f\u2060\ufeff]/gu;
const UNSPACED =
	/^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u2e80-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\u{1b000}-\u{1b16f}\u{20000}-\u{3ffff}]/u;
/** What neither case nor decomposition brings together. */
const SAME: Readonly<Record<string, string>> = {
	ß: "ss",
	æ: "ae",
	œ: "oe",
	ø: "o",
	ł: "l",
	đ: "d",
	ı: "i",
	ς: "σ",
	ی: "ي",
	ى: "ي",
	ک: "ك",
	ʼ: " ",
};

function clustersOf(text: string): Cluster[] {
	const clusters: Cluster[] = [];
	let from = 0;
	for (const sign of text) {
		const to = from + sign.length;
		const parts = sign.normalize("NFKD").toLowerCase().normalize("NFKD");
		const before = clusters.at(-1);
		if (before !== undefined && (MARK.test(parts) || parts.replace(DROPPED, "") === "")) {
			before.parts += parts;
			before.to = to;
		} else clusters.push({ parts, from, to });
		from = to;
	}
	return clusters;
}

function runsOf(text: string): Run[] {
	const runs: Run[] = [];
	let open = null as Run | null;
	for (const { parts, from, to } of clustersOf(text)) {
		for (const part of parts.replace(DROPPED, "").normalize("NFC")) {
			for (const letter of SAME[part] ?? part) {
				if (!LETTER.test(letter) && !(open !== null && MARK.test(letter))) {
					open = null;
					continue;
				}
				const isSpaced = MARK.test(letter) && open ? open.isSpaced : !UNSPACED.test(letter);
				if (open?.isSpaced !== isSpaced) {
					open = { letters: [], places: [], isSpaced };
					runs.push(open);
				}
				open.letters.push(letter);
				open.places.push([from, to]);
			}
		}
	}
	return runs;
}

/** Whether this is enough to search for: two characters, or one of a script without spaces. */
export function isSearchable(query: string): boolean {
	const runs = runsOf(query);
	const isLong = [...query.trim().normalize("NFC")].length > 1;
	return runs.length > 0 && (isLong || runs.some(({ isSpaced }) => !isSpaced));
}

/** Where the words of the query stand in the text, in order and apart from each other. */
export function marksIn(text: string, query: string): Stretch[] {
	const there = runsOf(text);
	return joined(runsOf(query).flatMap((wanted) => placesOf(wanted, there)));
}

/** Whether every word of the query is in the text. */
export function holdsWords(text: string, query: string): boolean {
	const there = runsOf(text);
	return runsOf(query).every((wanted) => placesOf(wanted, there).length > 0);
}

function placesOf(wanted: Run, there: readonly Run[]): Stretch[] {
	return there.filter(({ isSpaced }) => isSpaced === wanted.isSpaced).flatMap(placesIn(wanted));
}

const placesIn =
	(wanted: Run) =>
	({ letters, places, isSpaced }: Run): Stretch[] => {
		const last = isSpaced ? 0 : letters.length - wanted.letters.length;
		const found: Stretch[] = [];
		for (let at = 0; at <= last; at++) {
			const [from] = places[at] ?? [];
			const to = places[at + wanted.letters.length - 1]?.[1];
			const isHere = wanted.letters.every((letter, step) => letters[at + step] === letter);
			if (isHere && from !== undefined && to !== undefined) found.push([from, to]);
		}
		return found;
	};

function joined(stretches: Stretch[]): Stretch[] {
	const apart: Stretch[] = [];
	for (const [from, to] of stretches.sort((a, b) => a[0] - b[0])) {
		const before = apart.at(-1);
		if (before === undefined || from > before[1]) apart.push([from, to]);
		else apart[apart.length - 1] = [before[0], Math.max(before[1], to)];
	}
	return apart;
}
