/** The place of the reader: kept while history comes in, found again by the divider and the jump. */
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { ask, befriend, expect, type Person, test } from "./fixtures";
import { composer, message, openChat, say, timeline } from "./verbs";

const MOST_ROWS = 200;

/** Messages of many heights: one word, many lines, a quote, code, two scripts. */
function bodyOf(index: number): string {
	const shapes = [
		`row-${index}.`,
		`row-${index}. ${"A longer thought that runs over the end of its line. ".repeat(1 + (index % 4))}`,
		`row-${index}.\n\`\`\`\n${"let tide = harbour.measure();\n".repeat(1 + (index % 6))}\`\`\``,
		`row-${index}. شكراً جزيلاً، وصلت الصور كلها`,
		`row-${index}.\none\ntwo\nthree`,
	];
	return shapes[index % shapes.length] ?? "";
}

async function write(person: Person, chat: string, count: number, from = 1): Promise<void> {
	for (let index = from; index < from + count; index++) {
		const body = bodyOf(index);
		const reply_to_seq = index % 7 === 0 ? index - 3 : undefined;
		const client_id = randomUUID();
		await ask(person, "POST", `/v1/chats/${chat}/messages`, { client_id, body, reply_to_seq });
	}
}

type Place = { key: string; offset: number; rows: number; first: string };

/** Scrolls to `top` and tells the first row in view, before anything was loaded for it. */
function scrollTo(page: Page, top: number): Promise<Place> {
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

function offsetOf(page: Page, key: string): Promise<number> {
	return page.locator(".timeline").evaluate((frame, key) => {
		const row = frame.querySelector(`[data-key="${key}"]`);
		if (row === null) return Number.NaN;
		return row.getBoundingClientRect().top - frame.getBoundingClientRect().top;
	}, key);
}

const firstKey = (page: Page) =>
	page.locator(".timeline [data-key]").first().getAttribute("data-key");
const rowCount = (page: Page) => page.locator(".timeline [data-key]").count();

test("five hundred older messages never move what is being read", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await write(bob, chat, 540);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: 540 });
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(timeline(page).getByText("row-540.")).toBeVisible();

	const moves: number[] = [];
	let first = await firstKey(page);
	for (let pages = 0; pages < 60; pages++) {
		const place = await scrollTo(page, 240);
		if (await page.getByText("This is where it begins.").isVisible()) break;
		await expect.poll(() => firstKey(page)).not.toBe(first);
		first = await firstKey(page);
		moves.push(Math.abs((await offsetOf(page, place.key)) - place.offset));
		expect(await rowCount(page)).toBeLessThanOrEqual(MOST_ROWS);
	}
	await expect(timeline(page).getByText(/^row-1\. /)).toBeAttached();
	expect(moves.length).toBeGreaterThan(20);
	expect(Math.max(...moves), moves.join(" ")).toBeLessThanOrEqual(1);
});

test("new messages do not pull a reader away, and the jump leads to them", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await write(bob, chat, 300);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: 300 });
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(timeline(page).getByText("row-300.")).toBeVisible();
	for (let pages = 0; pages < 12; pages++) {
		const first = await firstKey(page);
		await scrollTo(page, 0);
		await expect.poll(() => firstKey(page)).not.toBe(first);
	}
	const place = await scrollTo(page, 900);
	await page.evaluate(() => new Promise(requestAnimationFrame));
	const before = await offsetOf(page, place.key);
	await write(bob, chat, 3, 301);
	const jump = page.getByRole("button", { name: "3 new messages" });
	await expect(jump).toBeVisible();
	expect(Math.abs((await offsetOf(page, place.key)) - before)).toBeLessThanOrEqual(1);

	// Pressed while an older page is on its way: the jump wins.
	await scrollTo(page, 0);
	await jump.click();
	await expect(timeline(page).getByText("row-303. شكراً")).toBeInViewport();
	await expect(jump).toHaveCount(0);
	await say(ann, "At the end");
	await expect(message(page, "At the end")).toBeInViewport();
});

test("a reader who leaves the end as a message comes is not pulled back", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await write(bob, chat, 60);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: 60 });
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(timeline(page).getByText("row-60.")).toBeInViewport();

	// The browser tells of a move once a frame; the row comes while it has not told yet.
	await page.evaluate(() => {
		addEventListener("scroll", (event) => event.stopImmediatePropagation(), { capture: true });
	});
	const place = await page.locator(".timeline").evaluate((frame) => frame.scrollTop);
	const seen = await scrollTo(page, place - 300);
	await write(bob, chat, 1, 61);
	await expect(timeline(page).getByText("row-61.")).toBeAttached();
	expect(Math.abs((await offsetOf(page, seen.key)) - seen.offset)).toBeLessThanOrEqual(1);
	await expect(page.getByRole("button", { name: "1 new message" })).toBeVisible();
});

test("the chat opens at the unread line, which stays for the visit", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await write(bob, chat, 60);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: 20 });
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	const line = page.getByText("40 new messages").first();
	await expect(line).toBeInViewport();
	const [place, frame] = await Promise.all([
		line.boundingBox(),
		page.locator(".timeline").boundingBox(),
	]);
	const share = ((place?.y ?? 0) - (frame?.y ?? 0)) / (frame?.height ?? 1);
	expect(share).toBeGreaterThan(0.1);
	expect(share).toBeLessThan(0.5);
	await composer(page).press("Escape");
	await expect(timeline(page).getByText("row-60.")).toBeInViewport();
	await expect(page.locator("[data-unread-line]")).toHaveCount(1);
});

/** From a page of the person's own, because a request of the runner's costs ten times as much. */
async function writeFast(person: Person, chat: string, first: number, last: number): Promise<void> {
	if (!person.page.url().startsWith("http")) await person.page.goto("/people");
	await person.page.evaluate(
		async ([chat, first, last]) => {
			for (let index = first; index <= last; index++) {
				const body = JSON.stringify({ client_id: crypto.randomUUID(), body: `row-${index}.` });
				const headers = { "content-type": "application/json" };
				await fetch(`/v1/chats/${chat}/messages`, { method: "POST", headers, body });
			}
		},
		[chat, first, last] as const,
	);
}

test("hundreds of new messages do not take the rows from under a reader", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await writeFast(bob, chat, 1, 200);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: 200 });
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(timeline(page).getByText("row-200.")).toBeVisible();
	for (let pages = 0; pages < 4; pages++) {
		const first = await firstKey(page);
		await scrollTo(page, 0);
		await expect.poll(() => firstKey(page)).not.toBe(first);
	}
	const place = await scrollTo(page, 300);
	await writeFast(bob, chat, 201, 460);
	await expect(page.getByRole("button", { name: "260 new messages" })).toBeVisible();
	expect(Math.abs((await offsetOf(page, place.key)) - place.offset)).toBeLessThanOrEqual(1);
	expect(await rowCount(page)).toBe(MOST_ROWS);

	// What was counted is there for one who reads on.
	await page.locator(".timeline").hover();
	await expect(async () => {
		await page.mouse.wheel(0, 4_000);
		await expect(timeline(page).getByText("row-460.")).toBeInViewport({ timeout: 100 });
	}).toPass();
	await writeFast(bob, chat, 461, 461);
	await expect(timeline(page).getByText("row-461.")).toBeInViewport();
	expect(await rowCount(page)).toBeLessThanOrEqual(MOST_ROWS);
});

test("what one writes while reading further up leads to the end", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await writeFast(bob, chat, 1, 120);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: 120 });
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(timeline(page).getByText("row-120.")).toBeVisible();
	await scrollTo(page, 0);
	await expect(page.getByRole("button", { name: "To the newest" })).toBeVisible();
	await say(ann, "From further up");
	await expect(message(page, "From further up")).toBeInViewport();
	// Also from a place so far up that the newest rows are not mounted.
	await page.goto(`/chats/${chat}?at=20`);
	await expect(timeline(page).getByText("row-20.", { exact: true })).toBeInViewport();
	await say(ann, "From afar");
	await expect(message(page, "From afar")).toBeInViewport();
	await expect(message(page, "From further up")).toBeInViewport();
});
