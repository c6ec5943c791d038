/** Days and months by the calendar of this place; a day is named by its first moment. */
import { startOfDay } from "@/i18n/format";

export function monthOf(day: number): number {
	const date = new Date(day);
	return new Date(date.getFullYear(), date.getMonth(), 1).getTime();
}

export function addDays(day: number, days: number): number {
	const date = new Date(day);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** The same day of another month, or that month's last when it is shorter. */
export function addMonths(day: number, months: number): number {
	const date = new Date(day);
	const [year, month] = [date.getFullYear(), date.getMonth() + months];
	const last = new Date(year, month + 1, 0).getDate();
	return new Date(year, month, Math.min(date.getDate(), last)).getTime();
}

export function clampDay(day: number, first: number, last: number): number {
	return Math.min(Math.max(day, startOfDay(first)), startOfDay(last));
}

/** How many days after the first of the week; `weekStart` is 0 for Sunday. */
function placeInWeek(day: number, weekStart: number): number {
	return (new Date(day).getDay() - weekStart + 7) % 7;
}

/** The month in weeks of seven; places of other months are empty. */
export function weeksOf(month: number, weekStart: number): (number | null)[][] {
	const first = monthOf(month);
	const weeks: (number | null)[][] = [];
	for (let day = first; monthOf(day) === first; day = addDays(day, 1)) {
		const place = placeInWeek(day, weekStart);
		if (weeks.length === 0 || place === 0) weeks.push(Array<number | null>(7).fill(null));
		const week = weeks.at(-1);
		if (week) week[place] = day;
	}
	return weeks;
}

/** Where a key leads from a day; null for a key that is not ours. */
export function dayOfKey(
	{ key, shiftKey }: { key: string; shiftKey: boolean },
	day: number,
	weekStart: number,
	isRtl: boolean,
): number | null {
	const along = isRtl ? -1 : 1;
	switch (key) {
		case "ArrowLeft":
			return addDays(day, -along);
		case "ArrowRight":
			return addDays(day, along);
		case "ArrowUp":
			return addDays(day, -7);
		case "ArrowDown":
			return addDays(day, 7);
		case "Home":
			return addDays(day, -placeInWeek(day, weekStart));
		case "End":
			return addDays(day, 6 - placeInWeek(day, weekStart));
		case "PageUp":
			return addMonths(day, shiftKey ? -12 : -1);
		case "PageDown":
			return addMonths(day, shiftKey ? 12 : 1);
		default:
			return null;
	}
}
