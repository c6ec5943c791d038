/** What a finger does in a chat: draw a row aside to answer it, hold it for its menu. */
import type { CDPSession, Locator, Page } from "@playwright/test";
import { befriend, expect, type Person, test } from "./fixtures";
import { composer, message, send } from "./verbs";

const REPLYING = "Replying to Bob";

async function openByHand(person: (name: string) => Promise<Person>, language: string) {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	for (const body of ["One", "Two", "Three"]) await send(bob, chat, body);
	const { page } = ann;
	await page.addInitScript(
		(look) => localStorage.setItem("tidings.look", look),
		JSON.stringify({ language }),
	);
	await page.setViewportSize({ width: 360, height: 740 });
	const finger = await page.context().newCDPSession(page);
	await finger.send("Emulation.setTouchEmulationEnabled", { enabled: true });
	await page.goto(`/chats/${chat}`);
	await expect(page.locator(".msg").last()).toBeVisible();
	return { page, finger };
}

async function draw(finger: CDPSession, row: Locator, by: { x: number; y: number }) {
	const box = await row.boundingBox();
	if (!box) throw new Error("no row to draw");
	const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
	const touch = (type: "touchStart" | "touchMove", step: number) =>
		finger.send("Input.dispatchTouchEvent", {
			type,
			touchPoints: [{ x: x + (by.x * step) / 8, y: y + (by.y * step) / 8 }],
		});
	await touch("touchStart", 0);
	for (let step = 1; step <= 8; step++) await touch("touchMove", step);
	await finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

const bubble = (page: Page, text: string) => page.locator(".msg", { hasText: text });

test("a row drawn towards its start is answered", async ({ person }) => {
	const { page, finger } = await openByHand(person, "en");
	await draw(finger, bubble(page, "Two"), { x: 100, y: 0 });
	await draw(finger, bubble(page, "Two"), { x: -40, y: 0 });
	await draw(finger, bubble(page, "Two"), { x: -30, y: -120 });
	await expect(page.getByText(REPLYING)).toHaveCount(0);
	await draw(finger, bubble(page, "Two"), { x: -110, y: 4 });
	await expect(page.getByText(REPLYING)).toBeVisible();
	await composer(page).fill("To the second");
	await page.getByRole("button", { name: "Send" }).click();
	await expect(message(page, "To the second")).toBeVisible();
	await expect(bubble(page, "To the second").locator(".quote")).toContainText("Two");
});

test("in a page from right to left it is drawn the other way", async ({ person }) => {
	const { page, finger } = await openByHand(person, "ar");
	await draw(finger, bubble(page, "Two"), { x: -110, y: 0 });
	await expect(page.locator(".composer__ctx")).toHaveCount(0);
	await draw(finger, bubble(page, "Two"), { x: 110, y: 0 });
	await expect(page.locator(".composer__ctx")).toContainText("Two");
});

test("a finger that stays opens the menu of what it is on", async ({ person }) => {
	const { page, finger } = await openByHand(person, "en");
	const box = await bubble(page, "Two").locator(".bubble").boundingBox();
	const point = { x: (box?.x ?? 0) + 10, y: (box?.y ?? 0) + 10 };
	await finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
	await expect(page.getByRole("menuitem", { name: "Reply" })).toBeVisible();
	await finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
	await expect(page.locator(".menu__of")).toHaveText("Two");
	await page.getByRole("menuitem", { name: "Reply" }).click();
	await expect(page.getByText(REPLYING)).toBeVisible();
});

test("what a sheet was opened from has the focus once it is closed", async ({ person }) => {
	const { page, finger } = await openByHand(person, "en");
	async function hold(target: Locator) {
		const box = await target.boundingBox();
		const point = { x: (box?.x ?? 0) + 10, y: (box?.y ?? 0) + 10 };
		await page.evaluate(() => (document.activeElement as HTMLElement).blur());
		await finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
		await expect(page.getByRole("menu")).toBeVisible();
		await finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
	}
	await hold(bubble(page, "Two").locator(".bubble"));
	await page.keyboard.press("Escape");
	await expect(bubble(page, "Two")).toBeFocused();
	await hold(bubble(page, "Two").locator(".bubble"));
	await page.getByRole("menuitem", { name: "Forward" }).click();
	await expect(page.getByRole("dialog", { name: "Forward to" })).toBeVisible();
	await page.keyboard.press("Escape");
	await expect(bubble(page, "Two")).toBeFocused();
	await page.getByRole("button", { name: "Back" }).click();
	await hold(page.getByRole("link", { name: "Bob" }));
	await page.getByRole("menuitem", { name: "Mute" }).click();
	await page.keyboard.press("Escape");
	await expect(page.getByRole("menuitem", { name: "Open" })).toBeVisible();
	await page.keyboard.press("Escape");
	await expect(page.getByRole("link", { name: "Bob" })).toBeFocused();
});

test("a notice covers nothing of what is being written", async ({ person }) => {
	const { page } = await openByHand(person, "en");
	await page.setViewportSize({ width: 320, height: 640 });
	await bubble(page, "Two").click({ button: "right" });
	await page.getByRole("menuitem", { name: "Reply" }).click();
	await composer(page).fill("One line\nand another\nand a third");
	await bubble(page, "One").click({ button: "right" });
	await page.getByRole("menuitem", { name: "Forward" }).click();
	await page.getByRole("option", { name: "Bob" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
	await expect(page.locator(".toast")).toBeVisible();
	await expect(page.getByText(REPLYING)).toBeVisible();
	const toast = await page.locator(".toast").boundingBox();
	const writing = await page.locator(".composer__in").boundingBox();
	expect((toast?.y ?? 0) + (toast?.height ?? 0)).toBeLessThanOrEqual(writing?.y ?? 0);
});

test("Back leads out of the details, and then out of the chat", async ({ person }) => {
	const ann = await person("Ann");
	await befriend(ann, await person("Bob"));
	const { page } = ann;
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto("/chats");
	await page.getByRole("link", { name: /Bob/ }).click();
	const details = page.getByRole("dialog", { name: "Details" });
	const open = () => page.getByRole("button", { name: "Details" }).first().click();
	await open();
	await expect(details).toBeVisible();
	await page.goBack();
	await expect(details).toHaveCount(0);
	await expect(composer(page)).toBeVisible();

	// Closed by hand it leaves no step behind, and takes none with it, pressed twice before it is gone.
	await open();
	const close = details.getByRole("button", { name: "Close" });
	await close.evaluate((button: HTMLElement) => {
		button.click();
		button.click();
	});
	await expect(details).toHaveCount(0);
	await expect(composer(page)).toBeVisible();

	// What it asked goes with it.
	await open();
	await details.getByRole("button", { name: "Block" }).click();
	await expect(page.getByRole("dialog", { name: "Block Bob?" })).toBeVisible();
	await page.goBack();
	await expect(page.getByRole("dialog")).toHaveCount(0);
	await expect(composer(page)).toBeVisible();
	await page.goBack();
	await expect(page).toHaveURL(/\/chats$/);
});

test("a request to close closes what lies on top, wherever the focus is", async ({ person }) => {
	const { page, finger } = await openByHand(person, "en");
	const request = async () => {
		// Beside the layer, where its own keys do not reach.
		await page.evaluate(() => (document.activeElement as HTMLElement).blur());
		await page.keyboard.press("Escape");
	};
	const box = await bubble(page, "Two").locator(".bubble").boundingBox();
	const point = { x: (box?.x ?? 0) + 10, y: (box?.y ?? 0) + 10 };
	await finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
	await expect(page.getByRole("menu")).toBeVisible();
	await finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
	await request();
	await expect(page.getByRole("menu")).toHaveCount(0);
	await page.getByRole("button", { name: "Emoji" }).click();
	await expect(page.getByRole("dialog", { name: "Emoji" })).toBeVisible();
	await request();
	await expect(page.getByRole("dialog")).toHaveCount(0);
	await expect(composer(page)).toBeVisible();
});

test("no action of the menu looks chosen before one is", async ({ person }) => {
	const { page, finger } = await openByHand(person, "en");
	const screen = { width: 360, height: 740, deviceScaleFactor: 1, mobile: true };
	await finger.send("Emulation.setDeviceMetricsOverride", screen);
	// Where words were written, the next focus shows itself.
	await composer(page).fill("Words");
	const box = await bubble(page, "Three").locator(".bubble").boundingBox();
	const point = { x: (box?.x ?? 0) + 10, y: (box?.y ?? 0) + 10 };
	await finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
	await expect(page.getByRole("menu")).toBeFocused();
	await finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
	await expect(page.locator(".menu :is(.menu__i, .menu__chips > button):hover")).toHaveCount(1);
	const planes = await page
		.getByRole("menuitem")
		.evaluateAll((items) => items.map((item) => getComputedStyle(item).backgroundColor));
	expect(new Set(planes)).toEqual(new Set(["rgba(0, 0, 0, 0)"]));
});

test("whom to forward to is seen before the keyboard comes", async ({ person }) => {
	const { page, finger } = await openByHand(person, "en");
	const screen = { width: 360, height: 740, deviceScaleFactor: 1, mobile: true };
	await finger.send("Emulation.setDeviceMetricsOverride", screen);
	await bubble(page, "Two").click({ button: "right" });
	await page.getByRole("menuitem", { name: "Forward" }).click();
	const dialog = page.getByRole("dialog", { name: "Forward to" });
	await expect(dialog.getByRole("heading")).toBeFocused();
	await dialog.getByRole("option", { name: "Bob" }).click();
	await expect(dialog.getByRole("heading")).toBeFocused();
	await dialog.getByRole("button", { name: "Send" }).click();
	await expect(page.getByText("Forwarded to Bob")).toBeVisible();
});
