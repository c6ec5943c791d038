import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useText } from "@/i18n/use-text";
import type { Row } from "@/sync/types";
import { announce } from "@/ui/announcer";
import { isMod, latinKey } from "@/ui/platform";
import { extended, NOTHING, ordered, refreshed, type Selection, toggled } from "./selection";

export type Picking = {
	/** The chosen rows from top to bottom; none when nothing is being chosen. */
	rows: readonly Row[];
	isPicked: (row: Row) => boolean;
	/** Chooses the row or lets it go; with `isRange`, all from the last one to it. */
	pick: (row: Row, isRange: boolean) => void;
	clear: () => void;
};

/** Choosing rows, with what is said of it. `pick` and `clear` keep their identity. */
export function useSelection(shown: readonly Row[]): Picking {
	const t = useText();
	const [kept, setKept] = useState(NOTHING);
	const selection = useMemo(() => refreshed(kept, shown), [kept, shown]);
	const latest = useRef({ selection, shown });
	latest.current = { selection, shown };

	const set = useCallback(
		(next: Selection) => {
			latest.current.selection = next;
			setKept(next);
			announce(t("timeline.selected", { count: next.rows.size }));
		},
		[t],
	);
	const pick = useCallback(
		(row: Row, isRange: boolean) => {
			const { selection, shown } = latest.current;
			set(isRange ? extended(selection, shown, row) : toggled(selection, row));
		},
		[set],
	);
	const clear = useCallback(() => {
		if (latest.current.selection.rows.size > 0) set(NOTHING);
	}, [set]);

	return useMemo(
		() => ({
			rows: ordered(selection),
			isPicked: (row: Row) => selection.rows.has(row.key),
			pick,
			clear,
		}),
		[selection, pick, clear],
	);
}

type Keys = { onClear: () => void; onCopy: () => void; onRemove: (() => void) | null };

/** Keys that mean the chosen rows wherever the focus is, for as long as there are any. */
export function useSelectionKeys(isOn: boolean, keys: Keys) {
	const latest = useRef(keys);
	latest.current = keys;
	useEffect(() => {
		if (!isOn) return;
		function handleKey(event: KeyboardEvent) {
			const isElsewhere = (event.target as Element).closest?.(
				"input, textarea, select, [contenteditable]",
			);
			if (isElsewhere || document.querySelector("dialog[open], [role=menu]")) return;
			const { onClear, onCopy, onRemove } = latest.current;
			const isCopy = isMod(event) && latinKey(event) === "c" && getSelection()?.isCollapsed;
			if (event.key === "Escape") onClear();
			else if (isCopy) onCopy();
			else if (event.key === "Delete" && onRemove) onRemove();
			else return;
			event.preventDefault();
			event.stopPropagation();
		}
		// Before the page's own keys: Escape must not also jump to the newest.
		addEventListener("keydown", handleKey, true);
		return () => removeEventListener("keydown", handleKey, true);
	}, [isOn]);
}
