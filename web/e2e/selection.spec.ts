/** Several messages at once: chosen by mouse, keys and finger, copied and deleted together. */
import type { Page } from "@playwright/test";
import { expectNoFaults } from "./faults";
import { ask, befriend, expect, type Person, test } from "./fixtures";
import { composer, message, openChat, send, timeline } from "./verbs";

const LINES: [who: "Ann" | "Bob", body: string][] = [
	["Bob", "First, see example.org"],
	["Ann", "Second"],
	["Bob", "Third"],
	["Ann", "Fourth"],
	["Ann", "Fifth"],
];

async function talk(person: (name: string) => Promise<Person>) {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	for (const [who, body] of LINES) await send(who === "Ann" ? ann : bob, chat, body);
	await ann.context.grantPermissions(["clipboard-read", "clipboard-write"]);
	await ann.page.goto("/");
	await openChat(ann, "Bob");
	await expect(row(ann.page, "Fifth")).toBeVisible();
	return { ann, bob, chat, page: ann.page };
}

const row = (page: Page, text: string) => page.locator(".msg", { hasText: text });
const bar = (page: Page) => page.getByRole("region", { name: "Selected messages" });
const picked = (page: Page) => page.locator(".msg.is-picked").allTextContents();
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const selectByMenu = async (page: Page, text: string) => {
	// At its edge, for an address inside has the browser's menu.
	const position = { x: 6, y: 6 };
	await row(page, text).locator(".bubble").click({ button: "right", position });
	await page.getByRole("menuitem", { name: "Select" }).click();
};

test("chosen by mouse, copied, and one's own deleted with a way back", async ({ person }) => {
	const { ann, bob, page } = await talk(person);
	await composer(page).fill("Half a thought");
	await selectByMenu(page, "First");
	await expect(bar(page)).toContainText("1 selected");
	await expect(composer(page)).toBeHidden();
	// A press anywhere chooses; the link under it is not followed.
	await row(page, "Third").click();
	await expect(bar(page)).toContainText("2 selected");
	await page.getByRole("link", { name: "example.org" }).click();
	await expect(bar(page)).toContainText("1 selected");
	expect(page.context().pages()).toHaveLength(1);
	await row(page, "Fifth").click({ modifiers: ["Shift"] });
	await expect(bar(page)).toContainText("3 selected");
	await expectNoFaults(page);

	await bar(page).getByRole("button", { name: "Copy" }).click();
	await expect(bar(page)).toHaveCount(0);
	await expect(composer(page)).toHaveValue("Half a thought");
	expect(await clipboard(page)).toMatch(/^Bob, .*\nThird\n\nYou, .*\nFourth\n\nYou, .*\nFifth$/);

	// Bob's word among them stays; the button says so.
	await row(page, "Third").click({ modifiers: ["Shift"] });
	await row(page, "Fifth").click({ modifiers: ["Shift"] });
	const remove = bar(page).getByRole("button", { name: "Delete 2 of yours" });
	await remove.click();
	await expect(timeline(page).getByText("You deleted this message")).toHaveCount(2);
	await page.getByRole("button", { name: "Undo" }).click();
	await expect(message(page, "Fourth")).toBeVisible();
	await expect(message(page, "Fifth")).toBeVisible();

	await openChat(await visitHome(bob), "Ann");
	await row(page, "Second").click({ modifiers: ["Shift"] });
	await row(page, "Fifth").click();
	await bar(page).getByRole("button", { name: "Delete" }).click();
	// The time to undo ends with the page.
	await page.reload();
	await expect(timeline(bob.page).getByText("Ann deleted this message")).toHaveCount(2);
	await expect(message(ann.page, "Fourth")).toBeVisible();
});

async function visitHome(person: Person): Promise<Person> {
	await person.page.goto("/");
	return person;
}

test("chosen by keys alone", async ({ person }) => {
	const { page } = await talk(person);
	const { keyboard } = page;
	await composer(page).focus();
	await keyboard.press("F6");
	await page.locator(".msg").last().focus();
	await keyboard.press("Space");
	await expect(page.locator("[aria-live=polite]", { hasText: "1 selected" })).toHaveCount(1);
	await keyboard.press("Shift+ArrowUp");
	await keyboard.press("Shift+ArrowUp");
	await expect(bar(page)).toContainText("3 selected");
	await expect(row(page, "Third")).toBeFocused();
	await keyboard.press("Space");
	expect((await picked(page)).length).toBe(2);
	await keyboard.press("Control+c");
	await expect(bar(page)).toHaveCount(0);
	expect(await clipboard(page)).toMatch(/^You, .*\nFourth\n\nYou, .*\nFifth$/);

	await keyboard.press("Space");
	await expect(bar(page)).toContainText("1 selected");
	await page.keyboard.press("Tab");
	await expect(bar(page).getByRole("button", { name: "Stop selecting" })).toBeFocused();
	await keyboard.press("Escape");
	await expect(bar(page)).toHaveCount(0);
	await expect(row(page, "Third")).toBeFocused();
	await expect(composer(page)).toBeVisible();
});

test("chosen with a finger, on a phone", async ({ person }) => {
	const { page } = await talk(person);
	await page.setViewportSize({ width: 360, height: 740 });
	const finger = await page.context().newCDPSession(page);
	await finger.send("Emulation.setTouchEmulationEnabled", { enabled: true });
	const touch = async (text: string, until?: () => Promise<unknown>) => {
		const box = await row(page, text).boundingBox();
		const touchPoints = [{ x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 }];
		await finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
		await until?.();
		await finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
	};
	const select = page.getByRole("menuitem", { name: "Select" });
	await touch("Third", () => expect(select).toBeVisible());
	await select.click();
	await expect(bar(page)).toContainText("1 selected");
	await touch("Second");
	await expect(bar(page)).toContainText("2 selected");
	// Held longer it is still one choice, and no menu.
	await touch("Fifth", () => expect(bar(page)).toContainText("3 selected"));
	await touch("Third");
	await expect(bar(page)).toContainText("2 selected");
	const excess = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	expect(await excess()).toBe(0);
	await bar(page).getByRole("button", { name: "Delete" }).click();
	await expect(timeline(page).getByText("You deleted this message")).toHaveCount(2);
});

test("what the other one deletes leaves the choice", async ({ person }) => {
	const { bob, chat, page } = await talk(person);
	await selectByMenu(page, "First");
	await row(page, "Second").click();
	await ask(bob, "DELETE", `/v1/chats/${chat}/messages/1`);
	await expect(bar(page)).toContainText("1 selected");
	await page.keyboard.press("Escape");
	await expect(bar(page)).toHaveCount(0);
});
