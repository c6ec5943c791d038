import { startOfDay } from "@/i18n/format";
import type { Row } from "@/sync/types";

const GROUP_MS = 5 * 60_000;

/** A row as it is drawn: where it stands among its neighbours. */
type LaidRow = {
	row: Row;
	isOwn: boolean;
	isFirst: boolean;
	isLast: boolean;
	/** The unread line stands right above this row. */
	hasDivider: boolean;
};

export type Day = { key: string; at: number; rows: LaidRow[] };

/**
 * Days, and inside them groups: rows of one author within five minutes hang
 * together; a new day, the unread line and a deleted row break them.
 */
export function layOut(rows: readonly Row[], me: string, dividerAfter: number | null): Day[] {
	const days: Day[] = [];
	let before: LaidRow | null = null;
	let isDividerDue = dividerAfter !== null;
	for (const row of rows) {
		const start = startOfDay(row.message.created_at);
		const isNewDay = days.at(-1)?.at !== start;
		const isOwn = row.message.sender === me;
		const hasDivider = isDividerDue && !isOwn && row.message.seq > (dividerAfter ?? 0);
		if (hasDivider) isDividerDue = false;
		const isFirst = isNewDay || hasDivider || before === null || !hangsTogether(before.row, row);
		if (isFirst && before !== null) before.isLast = true;
		const laid: LaidRow = { row, isOwn, isFirst, isLast: false, hasDivider };
		if (isNewDay) days.push({ key: String(start), at: start, rows: [] });
		days.at(-1)?.rows.push(laid);
		before = laid;
	}
	if (before !== null) before.isLast = true;
	return days;
}

function hangsTogether(above: Row, below: Row): boolean {
	return (
		above.message.sender === below.message.sender &&
		Math.abs(below.message.created_at - above.message.created_at) < GROUP_MS
	);
}
