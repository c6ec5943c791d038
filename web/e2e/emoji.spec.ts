/** Emoji: the picker by keyboard and by pointer, and the words after a colon. */
import type { Page } from "@playwright/test";
import { expectNoFaults } from "./faults";
import { befriend, expect, type Person, test } from "./fixtures";
import { composer, message } from "./verbs";

async function openChat(person: (name: string) => Promise<Person>): Promise<Page> {
	const ann = await person("Ann");
	const chat = await befriend(ann, await person("Bob"));
	await ann.page.goto(`/chats/${chat}`);
	await expect(composer(ann.page)).toBeFocused();
	return ann.page;
}

const picker = (page: Page) => page.getByRole("dialog", { name: "Emoji" });
const search = (page: Page) => picker(page).getByLabel("Search emoji").first();

test("an emoji is found by its name and picked without a mouse", async ({ person }) => {
	const page = await openChat(person);
	await page.keyboard.type("Off we go ");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await expect(search(page)).toBeFocused();
	await page.keyboard.type("rocket");
	await page.keyboard.press("Enter");
	await expect(picker(page)).toBeHidden();
	await expect(composer(page)).toBeFocused();
	await expect(composer(page)).toHaveValue("Off we go 🚀");

	await page.keyboard.press("Enter");
	await expect(message(page, "Off we go 🚀")).toBeVisible();
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	// What was used last stands first; the arrows walk from there.
	await page.keyboard.press("ArrowDown");
	await expect(picker(page).getByRole("gridcell", { name: "rocket" }).first()).toBeFocused();
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("ArrowRight");
	await expect(
		picker(page).getByRole("gridcell", { name: "grinning face with big eyes" }),
	).toBeFocused();
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("ArrowUp");
	await expect(search(page)).toBeFocused();
	await page.keyboard.press("Escape");
	await expect(picker(page)).toBeHidden();
	await expect(page.getByRole("button", { name: "Emoji" })).toBeFocused();
});

test("Enter that comes before the emoji picks the first one found", async ({ person }) => {
	const page = await openChat(person);
	let letGo = () => {};
	const held = new Promise<void>((resolve) => {
		letGo = resolve;
	});
	await page.context().route(/\/assets\/emoji-en-.*\.js/, async (route) => {
		await held;
		await route.continue();
	});
	await page.getByRole("button", { name: "Emoji" }).click();
	await expect(search(page)).toBeFocused();
	await page.keyboard.type("rocket");
	await page.keyboard.press("Enter");
	await expect(picker(page)).toBeVisible();
	await expect(picker(page).getByRole("gridcell")).toHaveCount(0);
	letGo();
	await expect(picker(page)).toBeHidden();
	await expect(composer(page)).toHaveValue("🚀");
});

test("the picker takes a tone of skin and has nothing to blame", async ({ person }) => {
	const page = await openChat(person);
	await page.getByRole("button", { name: "Emoji" }).click();
	await expect(picker(page).getByRole("gridcell").first()).toBeVisible();
	await picker(page).getByRole("radio").last().click();
	await search(page).fill("waving hand");
	for (const colorScheme of ["light", "dark"] as const) {
		await page.emulateMedia({ colorScheme });
		await expectNoFaults(page);
	}
	await picker(page).getByRole("gridcell").first().click();
	await expect(composer(page)).toHaveValue("👋🏿");
});

test("a word after a colon becomes an emoji", async ({ person }) => {
	const page = await openChat(person);
	const list = page.getByRole("listbox", { name: "Emoji for :tad" });
	await page.keyboard.type("Done :tad");
	await expect(list.getByRole("option").first()).toContainText("🎉");
	await expectNoFaults(page);
	await page.keyboard.press("Enter");
	await expect(composer(page)).toHaveValue("Done 🎉 ");
	// The whole code needs no choosing, and Escape leaves the words alone.
	await page.keyboard.type(":rocke");
	await expect(page.getByRole("listbox")).toBeVisible();
	await page.keyboard.type("t:");
	await expect(composer(page)).toHaveValue("Done 🎉 🚀 ");
	await page.keyboard.type(":wav");
	await expect(page.getByRole("listbox")).toBeVisible();
	await page.keyboard.press("Escape");
	await expect(page.getByRole("listbox")).toBeHidden();
	await page.keyboard.press("Enter");
	await expect(message(page, "Done 🎉 🚀 :wav")).toBeVisible();
});
