/** The place of the reader: kept while history comes in, found again by the divider and the jump. */
import { ask, befriend, expect, test } from "./fixtures";
import { firstKey, offsetOf, rowCount, scrollTo, writeMixed, writeRows } from "./rows";
import { composer, message, openChat, say, sendAll, timeline } from "./verbs";
import { painted } from "./work";

const MOST_ROWS = 200;

test("five hundred older messages never move what is being read", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await writeMixed(bob, chat, 540);
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

test("older messages that cannot be had are asked for once, and again when it is asked", async ({
	person,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	const bodies = Array.from({ length: 120 }, (_, index) => `old-${index}.`);
	await sendAll(bob, chat, bodies, 1);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: 120 });
	const { page } = ann;
	await page.goto(`/chats/${chat}`);
	await expect(message(page, "old-119.")).toBeInViewport();
	let asked = 0;
	await page.route("**/v1/chats/*/messages*", (route) => {
		asked++;
		return route.abort();
	});
	await page.locator(".timeline").evaluate((frame) => frame.scrollTo(0, 0));
	const again = page.getByRole("alert").getByRole("button", { name: "Try again" });
	for (let tries = 1; tries <= 3; tries++) {
		// Still there after as many frames as a loop would need to ask many times.
		await again.click();
		for (let frames = 0; frames < 20; frames++) await painted(page);
	}
	expect(asked).toBe(4);
	await page.unrouteAll();
	await again.click();
	await expect(again).toHaveCount(0);
	await expect(message(page, "old-60.")).toBeAttached();
});

test("new messages do not pull a reader away, and the jump leads to them", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await writeMixed(bob, chat, 300);
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
	await writeMixed(bob, chat, 3, 301);
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
	await writeMixed(bob, chat, 60);
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
	await writeMixed(bob, chat, 1, 61);
	await expect(timeline(page).getByText("row-61.")).toBeAttached();
	expect(Math.abs((await offsetOf(page, seen.key)) - seen.offset)).toBeLessThanOrEqual(1);
	await expect(page.getByRole("button", { name: "1 new message" })).toBeVisible();
});

test("the chat opens at the unread line, which stays for the visit", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await writeMixed(bob, chat, 60);
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

test("hundreds of new messages do not take the rows from under a reader", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await writeRows(bob, chat, 1, 200);
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
	await writeRows(bob, chat, 201, 460);
	await expect(page.getByRole("button", { name: "260 new messages" })).toBeVisible();
	expect(Math.abs((await offsetOf(page, place.key)) - place.offset)).toBeLessThanOrEqual(1);
	expect(await rowCount(page)).toBe(MOST_ROWS);

	// What was counted is there for one who reads on.
	await page.locator(".timeline").hover();
	await expect(async () => {
		await page.mouse.wheel(0, 4_000);
		await expect(timeline(page).getByText("row-460.")).toBeInViewport({ timeout: 100 });
	}).toPass();
	await writeRows(bob, chat, 461, 461);
	await expect(timeline(page).getByText("row-461.")).toBeInViewport();
	expect(await rowCount(page)).toBeLessThanOrEqual(MOST_ROWS);
});

test("what one writes while reading further up leads to the end", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await writeRows(bob, chat, 1, 120);
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
