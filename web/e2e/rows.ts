/** Messages of many heights, and where their rows stand. */
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { ask, type Person } from "./fixtures";

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

export async function write(person: Person, chat: string, count: number, from = 1): Promise<void> {
	for (let index = from; index < from + count; index++) {
		const body = mixedBody(index);
		const reply_to_seq = index % 7 === 0 ? index - 3 : undefined;
		const client_id = randomUUID();
		await ask(person, "POST", `/v1/chats/${chat}/messages`, { client_id, body, reply_to_seq });
	}
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

/** From a page of the person's own, because a request of the runner's costs ten times as much. */
export async function writeFast(
	person: Person,
	chat: string,
	first: number,
	last: number,
	bodyAt = plainBody,
): Promise<void> {
	if (!person.page.url().startsWith("http")) await person.page.goto("/people");
	const bodies = Array.from({ length: last - first + 1 }, (_, index) => bodyAt(first + index));
	await person.page.evaluate(
		async ([chat, bodies]) => {
			for (const text of bodies) {
				const body = JSON.stringify({ client_id: crypto.randomUUID(), body: text });
				const headers = { "content-type": "application/json" };
				await fetch(`/v1/chats/${chat}/messages`, { method: "POST", headers, body });
			}
		},
		[chat, bodies] as const,
	);
}
