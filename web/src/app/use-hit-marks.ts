import { useEffect } from "react";
import { marksIn } from "@/lib/words";

const NAME = "hit";

/**
 * Marks the words in the row that was gone to. Beside what React draws, which
 * knows nothing of it; a browser without such marks shows the row as it is.
 */
export function useHitMarks(seq: number | null, words: string): void {
	useEffect(() => {
		const rows = document.querySelector(".timeline__in");
		if (seq === null || rows === null || !("highlights" in CSS)) return;
		function mark() {
			const row = rows?.querySelector(`[data-seq="${seq}"] .bubble__b`);
			CSS.highlights.set(NAME, new Highlight(...(row ? rangesIn(row, words) : [])));
		}
		mark();
		// It may be on its way still, and is drawn anew when something about it changes.
		const observer = new MutationObserver(mark);
		observer.observe(rows, { childList: true, subtree: true, characterData: true });
		return () => {
			observer.disconnect();
			CSS.highlights.delete(NAME);
		};
	}, [seq, words]);
}

/** Where the words stand, paragraph by paragraph, across the pieces that each is made of. */
export function rangesIn(row: Element, words: string): Range[] {
	return [...row.querySelectorAll("p, pre")].flatMap((block) => {
		const pieces = textsOf(block);
		const text = pieces.map(({ data }) => data).join("");
		return marksIn(text, words).map(([from, to]) => {
			const range = new Range();
			range.setStart(...pointAt(pieces, from));
			range.setEnd(...pointAt(pieces, to));
			return range;
		});
	});
}

function textsOf(block: Element): Text[] {
	const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
	const texts: Text[] = [];
	while (walker.nextNode()) texts.push(walker.currentNode as Text);
	return texts;
}

function pointAt(pieces: readonly Text[], place: number): [Text, number] {
	let before = 0;
	for (const piece of pieces) {
		if (place <= before + piece.length) return [piece, place - before];
		before += piece.length;
	}
	throw new RangeError("The place is not in these pieces.");
}
