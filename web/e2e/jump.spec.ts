/** The button over the foot of the rows: to what is new, then to the newest. */
import { ask, befriend, expect, type Person, test } from "./fixtures";
import { scrollTo, writeRows } from "./rows";
import { composer, openChat, timeline } from "./verbs";

const unreadLine = "[data-unread-line]";

/** Ann reads further up as Bob writes forty. */
async function setScene(person: (name: string) => Promise<Person>) {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await writeRows(bob, chat, 1, 60);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: 60 });
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(timeline(page).getByText("row-60.")).toBeInViewport();
	await scrollTo(page, 100);
	await expect(page.getByRole("button", { name: "To the newest" })).toBeVisible();
	await writeRows(bob, chat, 61, 100);
	await expect(page.getByRole("button", { name: "40 new messages" })).toBeVisible();
	return { ann, bob, chat, page };
}

test("the first press leads to the line above what came, the second to the end", async ({
	person,
}) => {
	const { page } = await setScene(person);
	const line = page.locator(unreadLine);
	await expect(line).toHaveText("40 new messages");
	await expect(line).not.toBeInViewport();
	await page.locator("[data-jump]").click();
	await expect(line).toBeInViewport();
	await expect(timeline(page).getByText("row-61.")).toBeInViewport();
	const [place, frame] = await Promise.all([
		line.boundingBox(),
		page.locator(".timeline").boundingBox(),
	]);
	const share = ((place?.y ?? 0) - (frame?.y ?? 0)) / (frame?.height ?? 1);
	expect(share).toBeGreaterThan(0.1);
	expect(share).toBeLessThan(0.3);

	// What has not stood in view is not read; the line stays where it is.
	const left = page.getByRole("button", { name: /^\d+ new messages$/ });
	await expect(left).not.toHaveText("40 new messages");
	expect(Number((await left.textContent())?.match(/\d+/)?.[0])).toBeGreaterThan(10);
	await left.click();
	await expect(timeline(page).getByText("row-100.")).toBeInViewport();
	await expect(page.locator("[data-jump]")).toHaveCount(0);
	await expect(line).toHaveText("40 new messages");
});

test("the pill that goes hands the focus to the field, and on a phone to the rows", async ({
	person,
}) => {
	const { page } = await setScene(person);
	const pill = page.locator("[data-jump]");
	await pill.click();
	await expect(pill).toBeFocused();
	await page.keyboard.press("Enter");
	await expect(pill).toHaveCount(0);
	await expect(composer(page)).toBeFocused();

	await page.evaluate(() => {
		const { matchMedia } = window;
		window.matchMedia = (query) =>
			matchMedia.call(window, query === "(pointer: coarse)" ? "all" : query);
	});
	await scrollTo(page, 100);
	await pill.click();
	await expect(pill).toHaveCount(0);
	await expect(page.locator(".msg").last()).toBeFocused();
});

test("page keys turn the messages while the field is empty", async ({ person }) => {
	const { page } = await setScene(person);
	const frame = page.locator(".timeline");
	const fromEnd = () =>
		frame.evaluate(
			({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight,
		);
	const height = await frame.evaluate((element) => element.clientHeight);
	await composer(page).press("Escape");
	await expect(page.locator("[data-jump]")).toHaveCount(0);
	await composer(page).press("PageUp");
	await expect(page.locator("[data-jump]")).toBeVisible();
	const turned = await fromEnd();
	expect(turned).toBeGreaterThan(height / 2);
	expect(turned).toBeLessThan(height);
	await composer(page).press("PageDown");
	await expect(page.locator("[data-jump]")).toHaveCount(0);
	expect(await fromEnd()).toBeLessThanOrEqual(1);
	await expect(composer(page)).toBeFocused();
	await composer(page).fill("Words");
	await composer(page).press("PageUp");
	expect(await fromEnd()).toBeLessThanOrEqual(1);
});

test("the key for the newest leaves nothing out for the line", async ({ person }) => {
	const { page } = await setScene(person);
	await composer(page).press("Escape");
	await expect(timeline(page).getByText("row-100.")).toBeInViewport();
	await expect(page.locator("[data-jump]")).toHaveCount(0);
});
