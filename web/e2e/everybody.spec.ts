/** For everybody: no route with an accessibility fault, and no narrow screen that scrolls sideways. */
import type { Page } from "@playwright/test";
import { expectNoFaults } from "./faults";
import { befriend, expect, test } from "./fixtures";
import { composer, message, nav, openChat, say, send } from "./verbs";

async function expectNoSidewaysScroll(page: Page): Promise<void> {
	const excess = await page.evaluate(
		() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
	);
	expect(excess, `on ${page.url()}`).toBe(0);
}

/** Found nothing, found something, and gone to it. */
async function expectNoFaultsInSearch(page: Page): Promise<void> {
	await page.keyboard.press("Control+f");
	for (const [words, shown] of [
		["zebra", ".hits__note"],
		["hello", ".hits [role=option]"],
	] as const) {
		await page.locator(".search-pane input").fill(words);
		await expect(page.locator(shown)).toBeVisible();
		await expectNoFaults(page);
		await expectNoSidewaysScroll(page);
	}
	await page.keyboard.press("Enter");
	await expect(page.locator(".hits-bar")).toBeVisible();
	await expectNoFaults(page);
	await page.setViewportSize({ width: 1440, height: 740 });
	await expect(page.locator("aside .hits [role=option]")).toBeVisible();
	await expectNoFaults(page);
}

for (const colorScheme of ["light", "dark"] as const) {
	for (const width of [360, 1280]) {
		test(`no accessibility fault, ${colorScheme}, ${width} px`, async ({ person, visitor }) => {
			const guest = await visitor("Guest");
			await guest.page.setViewportSize({ width, height: 740 });
			await guest.page.emulateMedia({ colorScheme });
			await guest.page.goto("/");
			await expect(guest.page.getByRole("heading", { name: /^Sign in/ })).toBeVisible();
			await expectNoFaults(guest.page);
			await expectNoSidewaysScroll(guest.page);
			await guest.page.getByRole("link", { name: "Create an account" }).click();
			await expect(guest.page.getByRole("heading", { name: "Create your account" })).toBeVisible();
			await expectNoFaults(guest.page);
			await expectNoSidewaysScroll(guest.page);

			const ann = await person("Ann");
			const bob = await person("Bob");
			const chat = await befriend(ann, bob);
			await send(bob, chat, "Hello Ann");
			const { page } = ann;
			await page.setViewportSize({ width, height: 740 });
			await page.emulateMedia({ colorScheme });
			await page.goto("/");
			for (const place of ["Chats", "People", "Settings"]) {
				await nav(page).getByRole("link", { name: place }).click();
				await expect(page.getByRole("heading", { name: place, exact: true }).first()).toBeVisible();
				await expectNoFaults(page);
				await expectNoSidewaysScroll(page);
			}
			await openChat(ann, "Bob");
			await expect(message(page, "Hello Ann")).toBeVisible();
			await expectNoFaults(page);
			await expectNoSidewaysScroll(page);
			await expectNoFaultsInSearch(page);
		});
	}
}

test("a phone shows one pane at a time", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	const { page } = ann;
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto("/");
	await openChat(ann, "Bob");
	await say(ann, "From the bus");
	await expect(message(page, "From the bus")).toBeVisible();
	await page
		.getByRole("button", { name: "Back" })
		.or(page.getByRole("link", { name: "Back" }))
		.click();
	await expect(composer(page)).toHaveCount(0);
	await expect(page.getByRole("heading", { name: "Chats", exact: true })).toBeVisible();
});

for (const [language, colorScheme] of [
	["en", "dark"],
	["ar", "light"],
] as const) {
	test(`no accessibility fault in what floats, high contrast, ${language}, ${colorScheme}`, async ({
		person,
	}) => {
		const ann = await person("Ann");
		const bob = await person("Bob");
		const chat = await befriend(ann, bob);
		await send(bob, chat, "Hello Ann");
		const { page } = ann;
		await page.emulateMedia({ colorScheme });
		await page.addInitScript(
			(look) => localStorage.setItem("tidings.look", look),
			JSON.stringify({ theme: "contrast", motion: "less", language }),
		);
		for (const path of ["/settings", "/people", "/nowhere", `/chats/${chat}`]) {
			await page.goto(path);
			await expect(page.locator("h1").first()).toBeVisible();
			await expectNoFaults(page);
		}
		const row = page.locator(".msg").last();
		const floats: [open: () => Promise<unknown>, shown: string][] = [
			[() => row.click({ button: "right" }), "[role=menu]"],
			[() => page.keyboard.press("Control+k"), "[role=listbox]"],
			[() => page.keyboard.press("Control+/"), ".keys"],
			[() => page.locator(".head__who").click(), ".who"],
			[() => page.keyboard.press("Control+f"), "dialog .search-pane input"],
		];
		for (const [open, shown] of floats) {
			await open();
			await expect(page.locator(shown).first()).toBeVisible();
			await expectNoFaults(page);
			await page.keyboard.press("Escape");
			await expect(page.locator(shown)).toHaveCount(0);
		}
	});
}
