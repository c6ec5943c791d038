/**
 * Rows chosen to do something with together. Pure: who chooses, and by what,
 * is not here. A deleted row cannot be chosen, and one that is deleted while
 * it is chosen leaves.
 */
import type { Row } from "@/sync/types";

export type Selection = {
	readonly rows: ReadonlyMap<string, Row>;
	/** The row chosen last: a range begins there. */
	readonly anchor: string | null;
};

export const NOTHING: Selection = { rows: new Map(), anchor: null };

function isSelectable(row: Row): boolean {
	return row.message.deleted_at === null;
}

export function toggled(selection: Selection, row: Row): Selection {
	const rows = new Map(selection.rows);
	const isLeaving = rows.delete(row.key);
	if (!isLeaving && isSelectable(row)) rows.set(row.key, row);
	if (rows.size === 0) return NOTHING;
	if (!isLeaving) return { rows, anchor: row.key };
	return { rows, anchor: selection.anchor === row.key ? null : selection.anchor };
}

/** Chooses everything from the last chosen row to this one, in the order shown. */
export function extended(selection: Selection, shown: readonly Row[], to: Row): Selection {
	const end = shown.findIndex(({ key }) => key === to.key);
	const anchor = shown.findIndex(({ key }) => key === selection.anchor);
	if (end < 0) return selection;
	const start = anchor < 0 ? end : anchor;
	const between = shown.slice(Math.min(start, end), Math.max(start, end) + 1);
	const rows = new Map(selection.rows);
	for (const row of between) if (isSelectable(row)) rows.set(row.key, row);
	return rows.size === 0 ? NOTHING : { rows, anchor: to.key };
}

/** The selection as the rows are now; those that are not shown stay as they were last seen. */
export function refreshed(selection: Selection, shown: readonly Row[]): Selection {
	if (selection.rows.size === 0) return selection;
	const rows = new Map(selection.rows);
	let isSame = true;
	for (const row of shown) {
		const known = rows.get(row.key);
		if (known === undefined || known === row) continue;
		isSame = false;
		if (isSelectable(row)) rows.set(row.key, row);
		else rows.delete(row.key);
	}
	if (isSame) return selection;
	return rows.size === 0 ? NOTHING : { ...selection, rows };
}

/** By place; what has none yet comes last, as it is shown. */
export function ordered({ rows }: Selection): Row[] {
	const place = ({ message }: Row) => message.seq || Number.POSITIVE_INFINITY;
	return [...rows.values()].sort((a, b) =>
		place(a) === place(b) ? a.message.created_at - b.message.created_at : place(a) - place(b),
	);
}

/** One message as it was written; of several, also who wrote each and when. */
export function copyOf(rows: readonly Row[], headOf: (row: Row) => string): string {
	if (rows.length === 1) return rows[0]?.message.body ?? "";
	return rows.map((row) => `${headOf(row)}\n${row.message.body}`).join("\n\n");
}
