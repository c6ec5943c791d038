/**
 * Addresses that people write without a scheme: `example.org/path`,
 * `www.x.y`, `ann@example.org`.
 *
 * What must hold: a file name, a version, a property of some code and the end
 * of one sentence grown together with the next are never links. So the last
 * label must be a known one, and endings that files have (`rs`, `py`, `sh`)
 * are none of them; after `www.` any ending will do.
 */

/** Endings that are nearly always an address; small, since a capital begins the next sentence. */
const PLAIN = new Set(
	(
		"com org net edu gov mil int info biz dev io xyz online site store shop blog cloud tech " +
		"page wiki news live tv fm link club team media email chat space world social network " +
		"eu de at ch li fr es pt it nl be lu dk se no fi ee lv lt cz sk hu ro bg gr hr si ua by " +
		"ie uk tr il ir ae sa eg ma tn ru kz ge za ng ke gh ca mx br ar cl co pe uy ve " +
		"cn jp kr tw hk sg vn th ph au nz me gg im scot wales cat eus bzh berlin wien " +
		"hamburg london paris nyc onion укр рф бел бг срб қаз مصر السعودية امارات المغرب الاردن " +
		"تونس الجزائر عمان قطر فلسطين سورية عراق 中国 香港 台灣 भारत 한국"
	).split(" "),
);

/** Endings that are as often a word, a property or a file: believed with a path or a third label only. */
const DOUBTFUL = new Set(
	"id to so do as am my in is us pl ai app name cc ws fyi run zone".split(" "),
);

/** Two letters that are no country but a file, also after the sign of a mail address. */
const FILES = new Set("js ts md db gz xz go hs vb".split(" "));

/** A word that holds a dot. Without overlap, so that hostile text stays linear. */
const WORD = /[\p{L}\p{M}\p{N}._%+@-]+/gu;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u;
const LOCAL = /^[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}._%+-]{0,62}[\p{L}\p{M}\p{N}_+-])?$/u;
/** What may follow a host: a port, and a path, a query or a fragment. */
const REST = /(?::\d{1,5}(?!\d))?(?:[/?#][^\s<>"'`]*)?/y;

export type BareAddress = { start: number; end: number; text: string; href: string };

/** Every such address in the text, from left to right. */
export function findBareAddresses(text: string): BareAddress[] {
	const found: BareAddress[] = [];
	if (!text.includes(".")) return found;
	for (const match of text.matchAll(WORD)) {
		const address = addressIn(text, match.index, match[0]);
		// A path may hold what looks like an address of its own.
		if (address && address.start >= (found.at(-1)?.end ?? 0)) found.push(address);
	}
	return found;
}

function addressIn(text: string, at: number, word: string): BareAddress | null {
	if (!word.includes(".") || /[/\\=&]/.test(text[at - 1] ?? "")) return null;
	// Signs around a word are the sentence's, or marks.
	const start = at + (/^[._%+-]*/.exec(word)?.[0].length ?? 0);
	const core = word.replace(/^[._%+-]+|[._%+-]+$/g, "");
	const end = start + core.length;
	return core.includes("@") ? mailAt(text, start, end, core) : hostAt(text, start, end, core);
}

function mailAt(text: string, start: number, end: number, core: string): BareAddress | null {
	const [local = "", host = "", ...more] = core.split("@");
	const last = host.split(".").at(-1) ?? "";
	const isCountry = /^[a-z]{2}$/.test(last) && !FILES.has(last);
	const isKnown = isCountry || PLAIN.has(last) || DOUBTFUL.has(last);
	// `git@host:path` is a place for programs.
	const isRemote = /^:[\p{L}\p{N}/~]/u.test(text.slice(end, end + 2));
	if (more.length > 0 || !LOCAL.test(local) || !isHost(host) || !isKnown || isRemote) return null;
	return { start, end, text: core, href: `mailto:${encodeURIComponent(local)}@${host}` };
}

function hostAt(text: string, start: number, end: number, core: string): BareAddress | null {
	if (!isHost(core) || text[end] === "(" || text[end] === "_") return null;
	REST.lastIndex = end;
	// Signs that were cut off the word belong to no path.
	const rest = withoutTail(REST.exec(text)?.[0] ?? "");
	const labels = core.split(".");
	const last = labels.at(-1) ?? "";
	const isWww = labels.length > 2 && /^www$/i.test(labels[0] ?? "") && /^\p{L}{2,}$/u.test(last);
	const isSure = labels.length > 2 || /^(?::\d+)?[/?#]/.test(rest);
	if (!isWww && !PLAIN.has(last) && !(isSure && DOUBTFUL.has(last))) return null;
	const shown = core + rest;
	const address = `https://${shown}`;
	if (!URL.canParse(address)) return null;
	return { start, end: start + shown.length, text: shown, href: new URL(address).href };
}

function isHost(host: string): boolean {
	if (host.length > 253) return false;
	const labels = host.split(".");
	return labels.length >= 2 && labels.every((label) => LABEL.test(label));
}

/** The stop after an address belongs to the sentence; so does a bracket it did not open. */
export function withoutTail(address: string): string {
	let unopened = count(address, ")") - count(address, "(");
	let end = address.length;
	for (; end > 0; end--) {
		const last = address[end - 1] ?? "";
		if (last === ")" && unopened > 0) unopened--;
		else if (!/[.,;:!?…»”’*_~\]}]/.test(last)) break;
	}
	return address.slice(0, end);
}

function count(text: string, sign: string): number {
	return text.split(sign).length - 1;
}
