/** Messages of many heights, and where their rows stand. */
import type { Page } from "@playwright/test";
import type { Person } from "./fixtures";
import { sendAll } from "./verbs";

/** Messages of many heights: one word, many lines, a quote, code, two scripts. */
export function mixedBody(index: number): string {
	const shapes = [
		`row-${index}.`,
		`row-${index}. ${"A longer thought that runs over the end of its line. ".repeat(1 + (index % 4))}`,
		`row-${index}.\n\`\`\`\n${"let tide = harbour.measure();\n".repeat(1 + (index % 6))}\`\`\``,
		`row-${index}. شكراً جزيلاً، وصلت الصور كلها`,
		`row-${index}.\none\ntwo\nthree`,
	];
	return shapes[index % shapes.length] ?? "";
}

/** The stretch of mixed messages, some of them answers, one after the other. */
export async function writeMixed(
	person: Person,
	chat: string,
	count: number,
	from = 1,
): Promise<void> {
	const said = Array.from({ length: count }, (_, index) => index + from).map((index) => ({
		body: mixedBody(index),
		...(index % 7 === 0 && { reply_to_seq: index - 3 }),
	}));
	await sendAll(person, chat, said, 1);
}

type Place = { key: string; offset: number; rows: number; first: string };

/** Scrolls to `top` and tells the first row in view, before anything was loaded for it. */
export function scrollTo(page: Page, top: number): Promise<Place> {
	return page.locator(".timeline").evaluate((frame, top) => {
		frame.scrollTop = top;
		const edge = frame.getBoundingClientRect().top;
		const rows = [...frame.querySelectorAll<HTMLElement>("[data-key]")];
		const seen = rows.find((row) => row.getBoundingClientRect().bottom > edge);
		return {
			key: seen?.dataset.key ?? "",
			offset: (seen?.getBoundingClientRect().top ?? 0) - edge,
			rows: rows.length,
			first: rows[0]?.dataset.key ?? "",
		};
	}, top);
}

export function offsetOf(page: Page, key: string): Promise<number> {
	return page.locator(".timeline").evaluate((frame, key) => {
		const row = frame.querySelector(`[data-key="${key}"]`);
		if (row === null) return Number.NaN;
		return row.getBoundingClientRect().top - frame.getBoundingClientRect().top;
	}, key);
}

export const firstKey = (page: Page) =>
	page.locator(".timeline [data-key]").first().getAttribute("data-key");
export const rowCount = (page: Page) => page.locator(".timeline [data-key]").count();

const plainBody = (index: number) => `row-${index}.`;

export async function writeRows(
	person: Person,
	chat: string,
	first: number,
	last: number,
	bodyAt = plainBody,
): Promise<void> {
	const bodies = Array.from({ length: last - first + 1 }, (_, index) => bodyAt(first + index));
	await sendAll(person, chat, bodies, 1);
}
