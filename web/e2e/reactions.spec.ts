/** Reactions: given, seen by the other at once, taken back; by mouse, keyboard and finger. */
import type { Locator, Page } from "@playwright/test";
import { expectNoFaults } from "./faults";
import { ask, befriend, expect, type Person, test } from "./fixtures";
import { offsetOf, scrollTo, writeMixed, writeRows } from "./rows";
import { composer, message, say } from "./verbs";

async function meet(person: (name: string) => Promise<Person>) {
	const [ann, bob] = [await person("Ann"), await person("Bob")];
	const chat = await befriend(ann, bob);
	for (const { page } of [ann, bob]) {
		await page.goto(`/chats/${chat}`);
		await expect(composer(page)).toBeVisible();
	}
	return { ann, bob, chat };
}

const rowOf = (page: Page, text: string) =>
	page.locator(".timeline [data-key]").filter({ hasText: text });
const pill = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const choice = (page: Page, emoji: string) =>
	page.getByRole("menuitemcheckbox", { name: emoji, exact: true });
const quick = (page: Page) => page.getByRole("menu", { name: "React", exact: true });

async function openBar(row: Locator) {
	await row.locator(".bubble").hover();
	await row.getByRole("button", { name: "React" }).click();
}

test("two people react, and every tab shows who", async ({ person }) => {
	const { ann, bob, chat } = await meet(person);
	const third = await ann.context.newPage();
	await third.goto(`/chats/${chat}`);
	await say(ann, "Boat at nine?");
	await expect(message(bob.page, "Boat at nine?")).toBeVisible();

	await openBar(rowOf(bob.page, "Boat at nine?"));
	await expect(choice(bob.page, "👍")).toBeFocused();
	await choice(bob.page, "❤️").click();
	await expect(quick(bob.page)).toBeHidden();
	await expect(pill(bob.page, "❤️ 1: you")).toHaveAttribute("aria-pressed", "true");
	for (const page of [ann.page, third])
		await expect(pill(page, "❤️ 1: Bob")).toHaveAttribute("aria-pressed", "false");

	await pill(ann.page, "❤️ 1: Bob").click();
	for (const page of [ann.page, third])
		await expect(pill(page, "❤️ 2: Bob and you")).toHaveAttribute("aria-pressed", "true");
	await expect(pill(bob.page, "❤️ 2: Ann and you")).toBeVisible();
	await pill(bob.page, "❤️ 2: Ann and you").hover();
	await expect(bob.page.locator(".tip")).toHaveText("Ann and you");

	// Nothing of it is news: no count, no line, no title.
	await expect(ann.page).toHaveTitle(/^Bob|Tidings/);
	const { chat: state } = await ask(ann, "GET", `/v1/chats/${chat}`);
	expect(state.unread).toBe(0);

	await pill(third, "❤️ 2: Bob and you").click();
	await expect(pill(ann.page, "❤️ 1: Bob")).toBeVisible();
	await pill(bob.page, "❤️ 1: you").click();
	for (const page of [ann.page, bob.page, third])
		await expect(page.locator(".react")).toHaveCount(0);
});

test("by keyboard: plus opens the emoji at hand, the menu has them too, and any other is found", async ({
	person,
}) => {
	const { ann, bob } = await meet(person);
	const { page } = ann;
	await say(bob, "Lunch?");
	await expect(message(page, "Lunch?")).toBeVisible();
	const row = rowOf(page, "Lunch?");
	await row.focus();
	await page.keyboard.press("+");
	await expect(choice(page, "👍")).toBeFocused();
	await expectNoFaults(page);
	await page.keyboard.press("ArrowRight");
	await expect(choice(page, "❤️")).toBeFocused();
	await page.keyboard.press("Enter");
	await expect(pill(page, "❤️ 1: you")).toBeVisible();
	await expect(row).toBeFocused();

	await page.keyboard.press("Enter");
	await expect(page.getByRole("menuitem", { name: "Reply" })).toBeFocused();
	await expectNoFaults(page);
	await page.keyboard.press("ArrowUp");
	await expect(choice(page, "👍")).toBeFocused();
	await page.keyboard.press("ArrowRight");
	await expect(choice(page, "❤️")).toHaveAttribute("aria-checked", "true");
	await page.keyboard.press("ArrowDown");
	await expect(page.getByRole("menuitem", { name: "Reply" })).toBeFocused();
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("ArrowLeft");
	await expect(page.getByRole("menuitem", { name: "More emoji" })).toBeFocused();
	await page.keyboard.press("Enter");
	const picker = page.getByRole("dialog", { name: "Emoji" });
	await expect(picker.getByLabel("Search emoji").first()).toBeFocused();
	await page.keyboard.type("rocket");
	await page.keyboard.press("Enter");
	await expect(picker).toBeHidden();
	await expect(pill(page, "🚀 1: you")).toBeVisible();
	await expect(pill(bob.page, "🚀 1: Ann")).toBeVisible();
	await expect(row).toBeFocused();

	// What was picked leads the next time, and the pills of the row are the next stops.
	await page.keyboard.press("+");
	await expect(choice(page, "🚀")).toBeFocused();
	await page.keyboard.press("Escape");
	await expect(row).toBeFocused();
	await page.keyboard.press("Tab");
	await expect(pill(page, "❤️ 1: you")).toBeFocused();
	await page.keyboard.press("Space");
	await expect(pill(page, "❤️ 1: you")).toHaveCount(0);
	await expect(row).toBeFocused();
	await expectNoFaults(page);
});

test("the emoji at hand have nothing to blame in any look, and fit 320 pixels", async ({
	person,
}) => {
	const { ann, bob } = await meet(person);
	const { page } = ann;
	await say(bob, "Narrow?");
	await expect(message(page, "Narrow?")).toBeVisible();
	await page.setViewportSize({ width: 320, height: 640 });
	await page.goto(page.url());
	for (const colorScheme of ["light", "dark"] as const) {
		await page.emulateMedia({ colorScheme });
		await rowOf(page, "Narrow?").click({ button: "right" });
		await expect(choice(page, "🙏")).toBeVisible();
		await expectNoFaults(page);
		const width = await page.evaluate(() => document.documentElement.scrollWidth);
		expect(width).toBe(320);
		for (const one of await page.locator(".menu__chips > button").all()) {
			const box = await one.boundingBox();
			expect(box?.x ?? -1).toBeGreaterThanOrEqual(0);
			expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
		}
		await page.keyboard.press("Escape");
	}
});

test("a reaction waits for the network, and the last wish is what stands", async ({ person }) => {
	const { ann, bob } = await meet(person);
	const { page, context } = ann;
	await say(bob, "Still there?");
	await expect(message(page, "Still there?")).toBeVisible();
	await context.setOffline(true);
	const row = rowOf(page, "Still there?");
	await openBar(row);
	await choice(page, "👍").click();
	await expect(pill(page, "👍 1: you")).toBeVisible();
	await openBar(row);
	await choice(page, "😂").click();
	await pill(page, "👍 1: you").click();
	await expect(pill(page, "👍 1: you")).toHaveCount(0);
	await page.reload().catch(() => undefined);
	await context.setOffline(false);
	await page.goto(page.url());
	await expect(pill(page, "😂 1: you")).toBeVisible();
	await expect(pill(bob.page, "😂 1: Ann")).toBeVisible();
	await expect(bob.page.locator(".react > button")).toHaveCount(1);
});

test("what the server refuses is taken back on the screen and told", async ({ person }) => {
	const { ann, bob, chat } = await meet(person);
	const { page } = ann;
	await say(bob, "Full");
	await expect(message(page, "Full")).toBeVisible();
	for (const emoji of ["😀", "😁", "😃", "😄", "😅"])
		await ask(ann, "PUT", `/v1/chats/${chat}/messages/1/reactions/${encodeURIComponent(emoji)}`);
	await expect(pill(page, "😅 1: you")).toBeVisible();
	await openBar(rowOf(page, "Full"));
	await choice(page, "👍").click();
	await expect(page.getByText("You can give a message five emoji.")).toBeVisible();
	await expect(pill(page, "👍 1: you")).toHaveCount(0);
	await expect(page.locator(".react > button")).toHaveCount(5);
});

test("a row of pills that comes above or at the end moves no reader", async ({ person }) => {
	const { ann, bob, chat } = await meet(person);
	const { page } = ann;
	await writeMixed(bob, chat, 40);
	await expect(message(page, "row-40.")).toBeVisible();
	const end = () =>
		page
			.locator(".timeline")
			.evaluate((frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight);
	await expect.poll(end).toBeLessThanOrEqual(1);
	const react = (seq: number, emoji: string) =>
		ask(bob, "PUT", `/v1/chats/${chat}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`);
	await react(40, "🎉");
	await expect(pill(page, "🎉 1: Bob")).toBeInViewport({ ratio: 1 });
	await expect.poll(end).toBeLessThanOrEqual(1);

	const { key, offset } = await scrollTo(page, 900);
	const seq = Number(await page.locator(`[data-key="${key}"]`).getAttribute("data-seq"));
	for (const above of [seq - 1, seq - 2, seq - 3]) {
		await react(above, "👍");
		await expect(page.locator(`[data-seq="${above}"] .react`)).toHaveCount(1);
		expect(Math.abs((await offsetOf(page, key)) - offset)).toBeLessThanOrEqual(1);
	}
});

test("a finger finds the emoji in the sheet of a long press", async ({
	browser,
	person,
	server,
}) => {
	const { ann, bob, chat } = await meet(person);
	await writeRows(bob, chat, 1, 1);
	const context = await browser.newContext({
		baseURL: server.url,
		storageState: await ann.context.storageState(),
		viewport: { width: 360, height: 740 },
		hasTouch: true,
		isMobile: true,
	});
	const page = await context.newPage();
	await page.goto(`/chats/${chat}`);
	const bubble = rowOf(page, "row-1.").locator(".bubble");
	const box = await bubble.boundingBox();
	const [x, y] = [(box?.x ?? 0) + 20, (box?.y ?? 0) + 10];
	const session = await context.newCDPSession(page);
	await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
	await expect(choice(page, "❤️")).toBeVisible();
	await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
	await choice(page, "❤️").tap();
	await expect(pill(page, "❤️ 1: you")).toBeVisible();
	await expect(pill(bob.page, "❤️ 1: Ann")).toBeVisible();
	await context.close();
});
