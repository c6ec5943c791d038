import type { Scroller } from "./scroll-anchor";

const rowsIn = (element: Element) => element.querySelectorAll<HTMLElement>("[data-key]");

/** The timeline's element as the anchor sees it. */
export function domScroller(element: HTMLElement): Scroller {
	const top = () => element.getBoundingClientRect().top;
	return {
		get scrollTop() {
			return element.scrollTop;
		},
		set scrollTop(value) {
			element.scrollTop = value;
		},
		get scrollHeight() {
			return element.scrollHeight;
		},
		get clientHeight() {
			return element.clientHeight;
		},
		visibleRows(atMost) {
			const edge = top();
			const found: { key: string; offset: number }[] = [];
			for (const row of rowsIn(element)) {
				const box = row.getBoundingClientRect();
				if (box.bottom <= edge) continue;
				found.push({ key: row.dataset.key ?? "", offset: box.top - edge });
				if (found.length === atMost) break;
			}
			return found;
		},
		offsetOf(key) {
			const row = rowOf(element, key);
			return row ? row.getBoundingClientRect().top - top() : null;
		},
	};
}

export function rowOf(element: Element, key: string): HTMLElement | null {
	return element.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
}

/** The highest seq of which at least half is in view, or all that fits of a tall row. */
export function lowestSeenSeq(element: HTMLElement): number {
	const frame = element.getBoundingClientRect();
	const rows = [...element.querySelectorAll<HTMLElement>("[data-seq]")];
	for (let index = rows.length - 1; index >= 0; index--) {
		const row = rows[index];
		if (!row) continue;
		const box = row.getBoundingClientRect();
		const shown = Math.min(box.bottom, frame.bottom) - Math.max(box.top, frame.top);
		if (shown >= Math.min(box.height, frame.height) / 2) return Number(row.dataset.seq);
	}
	return 0;
}
