/** A chat opens again where one left it. */
import type { Locator, Page } from "@playwright/test";
import { ask, befriend, expect, PASSWORD, type Person, test } from "./fixtures";
import { firstKey, mixedBody, offsetOf, scrollTo, writeRows } from "./rows";
import { nav, openChat, timeline } from "./verbs";
import { painted } from "./work";

type Friend = Person & { readonly chat: string };
type Make = (name: string) => Promise<Person>;

/** Somebody with whom one has a long talk behind one, all of it read. */
async function talkedWith(ann: Person, friend: Person, count: number): Promise<Friend> {
	const chat = await befriend(ann, friend);
	await writeRows(friend, chat, 1, count, mixedBody);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: count });
	return { ...friend, chat };
}

async function setScene(person: Make) {
	const ann = await person("Ann");
	const bob = await talkedWith(ann, await person("Bob"), 210);
	const cleo = await talkedWith(ann, await person("Cleo"), 210);
	return { ann, page: ann.page, bob, cleo };
}

/** From the list that stands beside the open chat: one chat takes the place of the other. */
async function switchTo(page: Page, name: string): Promise<void> {
	await page.getByRole("link", { name }).first().click();
	await expect(page.getByRole("textbox", { name: `Message ${name}` })).toBeVisible();
}

const newest = (page: Page): Locator => timeline(page).getByText("row-210.");

type Place = { key: string; offset: number };

/** Scrolls there and tells the row at the top of what is in view. */
async function lookAt(page: Page, top: number): Promise<Place> {
	const { key } = await scrollTo(page, top);
	await painted(page);
	return { key, offset: await offsetOf(page, key) };
}

/** Reads that many pages up and tells the row at the top of what is in view then. */
async function readUp(page: Page, pages: number): Promise<Place> {
	for (let read = 0; read < pages; read++) {
		const first = await firstKey(page);
		await scrollTo(page, 0);
		await expect.poll(() => firstKey(page)).not.toBe(first);
	}
	return lookAt(page, 1_234);
}

/** It stands where it stood from the first moment it is seen again. */
async function expectStill(page: Page, place: Place): Promise<void> {
	const move = async () => Math.abs((await offsetOf(page, place.key)) - place.offset);
	await page.locator(`[data-key="${place.key}"]`).waitFor();
	expect(await move()).toBeLessThanOrEqual(1);
	await painted(page);
	expect(await move()).toBeLessThanOrEqual(1);
}

test("a chat opens where one read, with what came meanwhile below", async ({ person }) => {
	const { ann, page, bob, cleo } = await setScene(person);
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(newest(page)).toBeInViewport();
	const inBob = await readUp(page, 6);
	await switchTo(page, "Cleo");
	await expect(newest(page)).toBeInViewport();
	const inCleo = await readUp(page, 3);

	await writeRows(bob, bob.chat, 211, 213, mixedBody);
	await expect(page.getByRole("link", { name: /Bob.*3/ }).first()).toBeVisible();
	await switchTo(page, "Bob");
	await expectStill(page, inBob);
	const jump = page.getByRole("button", { name: "3 new messages" });
	await expect(jump).toBeVisible();

	await switchTo(page, "Cleo");
	await expectStill(page, inCleo);
	await expect(page.getByRole("button", { name: "To the newest" })).toBeVisible();
	await expect(page.locator("[data-unread-line]")).toHaveCount(0);

	// What never stood in view is still to be read, and the line stands above it.
	await nav(page).getByRole("link", { name: "Settings" }).click();
	await openChat(ann, "Bob");
	await expectStill(page, inBob);
	await jump.click();
	await expect(timeline(page).getByText("row-213.")).toBeInViewport();
	await expect(page.locator("[data-unread-line]")).toHaveText("3 new messages");

	// Left at the end, it opens at the end.
	await switchTo(page, "Cleo");
	await expectStill(page, inCleo);
	await writeRows(cleo, cleo.chat, 211, 211, mixedBody);
	await expect(page.getByRole("button", { name: "1 new message" })).toBeVisible();
	await switchTo(page, "Bob");
	await expect(timeline(page).getByText("row-213.")).toBeInViewport();
	await expect(jump).toHaveCount(0);
});

test("it stands where one left it by the rail, and by the browser's Back", async ({ person }) => {
	const { ann, page, bob } = await setScene(person);
	const rail = (name: string) => nav(page).getByRole("link", { name });
	const people = page.getByRole("heading", { name: "People", level: 1 });
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(newest(page)).toBeInViewport();
	const place = await readUp(page, 4);

	await rail("People").click();
	await expect(people).toBeVisible();
	await rail("Chats").click();
	await expectStill(page, place);
	await expect(page).toHaveURL(new RegExp(`/chats/${bob.chat}$`));
	await expect(rail("Chats")).toHaveAttribute("aria-current", "page");

	await rail("People").click();
	await expect(people).toBeVisible();
	await page.goBack();
	await expectStill(page, place);

	// The list is a page of its own on a phone, and the rail leads to it.
	await rail("Settings").click();
	await page.setViewportSize({ width: 360, height: 740 });
	await rail("Chats").click();
	await expect(page).toHaveURL(/\/chats$/);
	await expect(page.getByRole("link", { name: /Cleo/ })).toBeVisible();
});

test("rows near the end that came while one was away are not taken for seen", async ({
	person,
}) => {
	const { ann, page, bob } = await setScene(person);
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(newest(page)).toBeInViewport();
	const frame = page.locator(".timeline");
	const height = await frame.evaluate((element) => element.scrollHeight);
	const place = await lookAt(page, height - 1_500);
	await switchTo(page, "Cleo");
	await writeRows(bob, bob.chat, 211, 215, mixedBody);
	await expect(page.getByRole("link", { name: /Bob.*5/ }).first()).toBeVisible();
	await switchTo(page, "Bob");
	await expectStill(page, place);
	await expect(page.getByRole("button", { name: "5 new messages" })).toBeVisible();
	await expect(page.locator("[data-unread-line]")).toHaveText("5 new messages");
	await expect(page.locator("[data-unread-line]")).not.toBeInViewport();
	await switchTo(page, "Cleo");
	await expect(page.getByRole("link", { name: /Bob.*5/ }).first()).toBeVisible();
});

test("rows that are not held any more are fetched around the place", async ({ person }) => {
	const ann = await person("Ann");
	const { page } = ann;
	await talkedWith(ann, await person("Bob"), 420);
	await talkedWith(ann, await person("Cleo"), 1);
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(timeline(page).getByText("row-420.")).toBeInViewport();
	await readUp(page, 17);
	await switchTo(page, "Cleo");
	// Where they cannot be had either, it opens as if one had left no place.
	await page.route(/around_seq=/, (route) => route.abort());
	await switchTo(page, "Bob");
	await expect(timeline(page).getByText("row-420.")).toBeInViewport();
	await page.unroute(/around_seq=/);

	const place = await readUp(page, 17);
	await switchTo(page, "Cleo");
	const around = page.waitForRequest(/around_seq=/);
	await switchTo(page, "Bob");
	await around;
	await expectStill(page, place);
});

test("on a phone it opens where one left it for the list", async ({ person }) => {
	const { ann, page, bob } = await setScene(person);
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(newest(page)).toBeInViewport();
	const place = await readUp(page, 4);
	await page.getByRole("button", { name: "Back" }).click();
	await expect(timeline(page)).toHaveCount(0);
	await writeRows(bob, bob.chat, 211, 212, mixedBody);
	await expect(page.getByRole("link", { name: /Bob.*2/ }).first()).toBeVisible();
	await switchTo(page, "Bob");
	await expectStill(page, place);
	await expect(page.getByRole("button", { name: "2 new messages" })).toBeVisible();
});

test("a permalink leads elsewhere, and what one left after it is kept", async ({ person }) => {
	const { page, bob } = await setScene(person);
	await page.goto(`/chats/${bob.chat}?at=20`);
	const linked = timeline(page).getByText("row-20.", { exact: true });
	await expect(linked).toBeInViewport();
	await scrollTo(page, 200);
	await expect(linked).not.toBeInViewport();
	await switchTo(page, "Cleo");
	await page.goBack();
	await expect(linked).toBeInViewport();
	const place = await lookAt(page, 1_234);
	await switchTo(page, "Cleo");
	await switchTo(page, "Bob");
	await expectStill(page, place);
});

test("whoever signs in again begins at the end", async ({ person }) => {
	const { ann, page } = await setScene(person);
	await page.goto("/");
	await page.evaluate(() => Object.assign(window, { isSamePage: true }));
	await openChat(ann, "Bob");
	await expect(newest(page)).toBeInViewport();
	await readUp(page, 2);
	await nav(page).getByRole("link", { name: "Settings" }).click();
	await page.getByRole("button", { name: "Sign out", exact: true }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
	await page.getByLabel("E-mail or username").fill(ann.email);
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await openChat(ann, "Bob");
	await expect(newest(page)).toBeInViewport();
	expect(await page.evaluate(() => "isSamePage" in window)).toBe(true);
});
