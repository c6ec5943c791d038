import { plainText } from "@/lib/text";
import { findWords } from "@/lib/words";

export type Piece = { readonly text: string; readonly isHit: boolean };

/** Of what stands before the first hit, and of all that is shown, at most. */
const LEAD = 28;
const MOST = 240;

/** A message in one line, cut so that its first hit is near the beginning. */
export function snippetOf(body: string, query: string): Piece[] {
	const text = plainText(body);
	const hits = findWords(text, query);
	const from = beginFor(text, hits[0]?.[0] ?? 0);
	const to = from + MOST;
	const pieces: Piece[] = from > 0 ? [{ text: "…", isHit: false }] : [];
	let at = from;
	for (const [begin, end] of hits) {
		if (begin >= to) break;
		if (begin > at) pieces.push({ text: text.slice(at, begin), isHit: false });
		pieces.push({ text: text.slice(begin, end), isHit: true });
		at = end;
	}
	const rest = text.slice(at, to);
	if (rest !== "") pieces.push({ text: rest, isHit: false });
	return pieces;
}

/** The beginning of a word a little before the hit; where none is near, the hit itself. */
function beginFor(text: string, hit: number): number {
	if (hit <= LEAD) return 0;
	const space = text.indexOf(" ", hit - LEAD);
	if (space >= 0 && space < hit) return space + 1;
	return hit;
}
