import type { KeyboardEvent, RefObject } from "react";
import type { Row } from "@/sync/types";
import type { Anchor } from "@/ui/place";
import { useRoving } from "@/ui/use-roving";
import { rowOf } from "./dom-scroller";
import type { Picking } from "./use-selection";

/**
 * What keys mean on a row: arrows go, Enter opens its menu, Space chooses it,
 * Shift with an arrow chooses along the way,
 * and plus, wherever it stands on the keyboard, is for an emoji.
 */
export function useRowKeys(
	ref: RefObject<HTMLElement | null>,
	rows: readonly Row[],
	picking: Picking,
	onMenu: (row: Row, anchor: Anchor) => void,
	onReact: (row: Row, anchor: Anchor) => void,
) {
	const roving = useRoving(ref, rows.at(-1)?.key ?? null);

	function chooseAlong(event: KeyboardEvent, at: number) {
		const from = rows[at];
		const to = rows[event.key === "ArrowUp" ? at - 1 : at + 1];
		const element = to && ref.current ? rowOf(ref.current, to.key) : null;
		if (!from || !to || !element) return;
		if (!picking.isPicked(from)) picking.pick(from, false);
		picking.pick(to, true);
		roving.setActive(to.key);
		element.focus();
	}

	function handleKey(event: KeyboardEvent<HTMLElement>) {
		roving.handleKeyDown(event);
		const element = event.target as HTMLElement;
		const at = rows.findIndex(({ key }) => key === element.dataset.rove);
		const row = rows[at];
		if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
		const isPicking = picking.rows.length > 0;
		if (event.shiftKey && /^Arrow(Up|Down)$/.test(event.key)) chooseAlong(event, at);
		else if (event.key === " " || (event.key === "Enter" && isPicking))
			picking.pick(row, event.shiftKey);
		else if (event.key === "Enter") onMenu(row, { element });
		else if (event.key === "+" && !isPicking) onReact(row, { element });
		else return;
		event.preventDefault();
	}

	return { tabStop: roving.active, setTabStop: roving.setActive, handleKey };
}
