/**
 * Takes pictures of what only appears when something happens: menus, dialogs,
 * banners, empty and refused states, at the same widths, themes and directions
 * as the pages. Into `web/shots`, to be looked at beside the design.
 */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { type Person, test } from "../e2e/fixtures";
import { quiet, type Scene, setScene, show } from "./scene";

const SHOTS = join(import.meta.dirname, "../shots");

/** What to do before the picture; the page stands on the chat. */
type State = [name: string, bring: (scene: Scene) => Promise<unknown>];

const inChat = (bring: (page: Page, scene: Scene) => Promise<unknown>) => async (scene: Scene) => {
	await show(scene, "/chats/:chat", false);
	await bring(scene.noor.page, scene);
};

const at =
	(path: string, bring?: (page: Page) => Promise<unknown>) =>
	async (scene: Scene): Promise<void> => {
		await show(scene, path, false);
		await bring?.(scene.noor.page);
	};

// By its class: its name is another one in each language.
const composer = (page: Page) => page.locator(".composer__t");

const rows = (page: Page) => page.locator(".timeline [data-key]");

const STATES: State[] = [
	["switcher", inChat((page) => page.keyboard.press("Control+k"))],
	["sheet", inChat((page) => page.keyboard.press("Control+/"))],
	["message-menu", inChat((page) => rows(page).last().click({ button: "right" }))],
	["hover", inChat((page) => rows(page).nth(4).hover())],
	[
		"row-focus",
		inChat(async (page) => {
			await rows(page).last().focus();
			await page.keyboard.press("ArrowUp");
		}),
	],
	[
		"reply",
		inChat(async (page) => {
			await rows(page).nth(5).click({ button: "right" });
			await page.keyboard.press("r");
			await composer(page).fill("We are three, then.\nOne more line\nand a third");
		}),
	],
	[
		"edit",
		inChat(async (page) => {
			await composer(page).press("Escape");
			await composer(page).fill("");
			await composer(page).press("ArrowUp");
		}),
	],
	[
		"offline",
		inChat(async (page, { noor }) => {
			await composer(page).press("Escape");
			await composer(page).fill("");
			await noor.context.setOffline(true);
			await composer(page).fill("Written on the ferry");
			await composer(page).press("Control+Enter");
			await page.waitForTimeout(2600);
		}),
	],
	[
		"emoji",
		inChat(async (page) => {
			await page.locator(".composer__row .icon-btn").first().click({ timeout: 2000 });
			await page.locator(".emoji [role=gridcell]").first().waitFor();
			await page.keyboard.press("ArrowDown");
		}),
	],
	[
		"emoji-found",
		inChat(async (page) => {
			await page.locator(".composer__row .icon-btn").first().click({ timeout: 2000 });
			await page.locator(".emoji input").fill("heart");
		}),
	],
	[
		"select",
		inChat(async (page) => {
			await rows(page).nth(5).click({ button: "right" });
			await page.keyboard.press("s");
			await rows(page)
				.nth(8)
				.click({ modifiers: ["Shift"] });
			await page.mouse.move(0, 0);
		}),
	],
	["date", inChat((page) => page.locator(".day__chip").first().click())],
	[
		"details",
		inChat(async (page) => {
			await page.locator(".head__who").click();
			await page.locator(".who").waitFor();
		}),
	],
	// The server is stopped before it and started after it.
	["reconnecting", (scene) => scene.noor.page.locator(".banner--warn").waitFor()],
	[
		"skeleton",
		async ({ noor: { page }, chat }) => {
			await page.route("**/v1/chats/*/messages*", () => undefined);
			await page.goto(`/chats/${chat}?at=1`);
			await page.waitForTimeout(900);
			await page.unroute("**/v1/chats/*/messages*");
		},
	],
	[
		"load-failed",
		async ({ noor: { page }, chat }) => {
			await page.route("**/v1/chats/*/messages*", (route) => route.abort());
			await page.goto(`/chats/${chat}`);
			await page.waitForTimeout(900);
			await page.unroute("**/v1/chats/*/messages*");
		},
	],
	["list-menu", at("/chats", (page) => page.locator(".lrow").nth(1).click({ button: "right" }))],
	["list-none", at("/chats", (page) => page.locator(".search input").fill("zebra"))],
	["people-found", at("/people", (page) => page.locator("input").first().fill("a"))],
	["people-none", at("/people", (page) => page.locator("input").first().fill("zebra"))],
	["people-menu", at("/people", (page) => page.locator("[aria-haspopup=menu]").first().click())],
	["gone", at("/chats/01900000-0000-7000-8000-000000000000")],
	["not-found", (scene) => scene.noor.page.goto("/nowhere")],
	[
		"settings-whole",
		at("/settings", (page) =>
			page.setViewportSize({ width: page.viewportSize()?.width ?? 0, height: 2000 }),
		),
	],
	[
		"sign-out",
		at("/settings", (page) =>
			page.locator("#devices button, section .btn--danger-line").last().click(),
		),
	],
];

const GUEST: [string, string][] = [
	["forgot", "/forgot"],
	["reset", "/reset#abc"],
	["code", "/sign-up/code"],
];

const LOOKS = [
	{ name: "light-ltr", language: "en", colorScheme: "light", theme: "system" },
	{ name: "dark-ltr", language: "en", colorScheme: "dark", theme: "system" },
	{ name: "light-rtl", language: "ar", colorScheme: "light", theme: "system" },
	{ name: "dark-rtl", language: "ar", colorScheme: "dark", theme: "system" },
	{ name: "light-contrast", language: "de", colorScheme: "light", theme: "contrast" },
	{ name: "dark-contrast", language: "uk", colorScheme: "dark", theme: "contrast" },
] as const;

/** All of them, or those named in `STATES`. */
function isWanted(name: string): boolean {
	const only = process.env.STATES?.split(",");
	return only === undefined || only.includes(name);
}

async function alone(person: (name: string) => Promise<Person>): Promise<Person> {
	const someone = await person("Alone");
	await someone.page.goto("/");
	return someone;
}

test("every state, to be looked at", async ({ person, visitor, server }) => {
	const scene = await setScene(person);
	const guest = await visitor("Guest");
	const fresh = await alone(person);
	const { noor } = scene;
	const all = [noor.page, guest.page, fresh.page];
	await noor.page.goto("/");
	await guest.page.goto("/");
	for (const { language, colorScheme, theme, name: look } of LOOKS) {
		for (const page of all) {
			await quiet(page, { language, theme, motion: "less" });
			await page.emulateMedia({ colorScheme });
		}
		for (const width of [360, 768, 1280]) {
			const shoot = async (page: Page, name: string) => {
				await page.waitForTimeout(250);
				await page.screenshot({ path: join(SHOTS, `${name}-${width}-${look}.png`) });
			};
			for (const [name, bring] of STATES.filter(([name]) => isWanted(name))) {
				await noor.page.setViewportSize({ width, height: 780 });
				if (name === "reconnecting") await server.kill();
				await bring(scene);
				await shoot(noor.page, name);
				await noor.context.setOffline(false);
				if (name === "reconnecting") await server.start();
			}
			for (const [name, path] of GUEST.filter(([name]) => isWanted(name))) {
				await guest.page.setViewportSize({ width, height: 780 });
				await guest.page.goto(path);
				await guest.page.locator("h1").waitFor();
				await shoot(guest.page, name);
			}
			await fresh.page.setViewportSize({ width, height: 780 });
			for (const [name, path] of [
				["empty-list", "/chats"],
				["empty-people", "/people"],
			] as const) {
				if (!isWanted(name)) continue;
				await fresh.page.goto(path);
				await fresh.page.locator("h1").first().waitFor();
				await shoot(fresh.page, name);
			}
		}
	}
});
