import { plainText } from "@/lib/text";
import { marksIn } from "@/lib/words";

export type Piece = { readonly text: string; readonly isMarked: boolean };

/** Of what stands before the first mark, and of all that is shown, at most. */
const LEAD = 28;
const MOST = 240;

/** A message in one line, cut so that its first mark is near the beginning. */
export function snippetOf(body: string, query: string): Piece[] {
	const text = plainText(body);
	const marks = marksIn(text, query);
	const from = beginFor(text, marks[0]?.[0] ?? 0);
	const to = from + MOST;
	const pieces: Piece[] = from > 0 ? [{ text: "…", isMarked: false }] : [];
	let at = from;
	for (const [begin, end] of marks) {
		if (begin >= to) break;
		if (begin > at) pieces.push({ text: text.slice(at, begin), isMarked: false });
		pieces.push({ text: text.slice(begin, end), isMarked: true });
		at = end;
	}
	const rest = text.slice(at, to);
	if (rest !== "") pieces.push({ text: rest, isMarked: false });
	return pieces;
}

/** The beginning of a word a little before the mark; where none is near, the mark itself. */
function beginFor(text: string, mark: number): number {
	if (mark <= LEAD) return 0;
	const space = text.indexOf(" ", mark - LEAD);
	if (space >= 0 && space < mark) return space + 1;
	return mark;
}
