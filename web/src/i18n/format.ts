import { intlTag } from "./setup";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: number, options: Intl.DateTimeFormatOptions): string {
	const tag = intlTag();
	const key = tag + JSON.stringify(options);
	let known = formats.get(key);
	if (!known) {
		known = new Intl.DateTimeFormat(tag, options);
		formats.set(key, known);
	}
	return known.format(at);
}

/** 12 or 24 hours is a habit of the place, not of the language: the browser's own setting decides. */
const { hourCycle } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();

/** "8:49 AM" or "08:49": whether the hour has a zero before it is the language's to say. */
export const timeOf = (at: number) => format(at, { timeStyle: "short", hourCycle });
export const longTimeOf = (at: number) =>
	format(at, { dateStyle: "long", timeStyle: "medium", hourCycle });
export const dateOf = (at: number) => format(at, { dateStyle: "medium" });
export const fullDateOf = (at: number) => format(at, { dateStyle: "full" });
export const monthName = (at: number) => format(at, { month: "long", year: "numeric" });
const weekdayOf = (at: number) => format(at, { weekday: "short" });

const DAY_MS = 86_400_000;

/** Whole days between two moments by the calendar of this place, not by 24 hours. */
export function daysBetween(earlier: number, later: number): number {
	return Math.round((startOfDay(later) - startOfDay(earlier)) / DAY_MS);
}

export function startOfDay(at: number): number {
	const day = new Date(at);
	day.setHours(0, 0, 0, 0);
	return day.getTime();
}

type WeekInfo = { firstDay: number };
type LocaleWithWeek = Intl.Locale & { getWeekInfo?: () => WeekInfo; weekInfo?: WeekInfo };

/** The day the week begins with here: 0 for Sunday. A browser that does not tell gets Monday. */
export function weekStart(): number {
	const locale: LocaleWithWeek = new Intl.Locale(intlTag());
	return (locale.getWeekInfo?.() ?? locale.weekInfo ?? { firstDay: 1 }).firstDay % 7;
}

/** The names of the days of a week, from its first on. */
export function weekdayNames(): { short: string; long: string }[] {
	return Array.from({ length: 7 }, (_, place) => {
		// The first of February 2026 is a Sunday.
		const day = new Date(2026, 1, 1 + weekStart() + place).getTime();
		const long = format(day, { weekday: "long" });
		// Arabic has no middle length.
		const short = weekdayOf(day);
		return { short: short === long ? format(day, { weekday: "narrow" }) : short, long };
	});
}

/** As a list shows it: the time today, the weekday this week, then the date. */
export function shortWhen(at: number, now: number): string {
	const days = daysBetween(at, now);
	if (days <= 0) return timeOf(at);
	if (days < 7) return weekdayOf(at);
	const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
	return format(at, isThisYear ? { day: "numeric", month: "short" } : { dateStyle: "short" });
}

/** The heading of a day: names for the two nearest, else weekday and date. */
export function dayName(
	at: number,
	now: number,
	names: { today: string; yesterday: string },
): string {
	const days = daysBetween(at, now);
	if (days <= 0) return names.today;
	if (days === 1) return names.yesterday;
	const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
	return format(at, {
		weekday: "long",
		day: "numeric",
		month: "long",
		...(isThisYear ? {} : { year: "numeric" }),
	});
}

/** Minutes and seconds left, as a clock shows them. */
export function countdown(ms: number): string {
	const seconds = Math.max(0, Math.ceil(ms / 1000));
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const UNITS = [
	["year", 31_536_000],
	["month", 2_592_000],
	["day", 86_400],
	["hour", 3600],
	["minute", 60],
	["second", 1],
] as const;

/** A length of time in its largest unit: "40 years", "3 hours". */
export function durationOf(seconds: number): string {
	const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? ["second", 1];
	return lengthOf(Math.max(1, Math.round(seconds / size)), unit);
}

/** "8 hours", "1 week". */
export function lengthOf(value: number, unit: string): string {
	const length = { style: "unit", unit, unitDisplay: "long" } as const;
	return new Intl.NumberFormat(intlTag(), length).format(value);
}

/** A moment to come: the time alone today, else with its day. */
export function untilOf(at: number, now: number): string {
	if (daysBetween(now, at) === 0) return timeOf(at);
	return format(at, { dateStyle: "medium", timeStyle: "short", hourCycle });
}

/** "Ana, Bob and Cy", as the page's language joins them. */
export function listOf(words: readonly string[]): string {
	return new Intl.ListFormat(intlTag()).format(words);
}

export function numberOf(value: number): string {
	return new Intl.NumberFormat(intlTag()).format(value);
}

/** "3 minutes ago", "yesterday", in the page's language. */
export function agoOf(at: number, now: number): string {
	const seconds = Math.max(0, (now - at) / 1000);
	const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? ["second", 1];
	return new Intl.RelativeTimeFormat(intlTag(), { numeric: "auto" }).format(
		-Math.round(seconds / size),
		unit,
	);
}
