/**
 * Takes pictures of what only appears when something happens: menus, dialogs,
 * banners, empty and refused states, at the same widths, themes and directions
 * as the pages. Into `web/shots`, to be looked at beside the design.
 */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { type Person, test } from "../e2e/fixtures";
import { inEachLook, wanted } from "./looks";
import { type Scene, setScene, show } from "./scene";

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

async function searchInChat(page: Page, words: string, shown = ".hits"): Promise<void> {
	await page.keyboard.press("Control+f");
	await page.locator(".search-pane input").fill(words);
	await page.locator(shown).waitFor();
}

async function searchEverywhere(
	page: Page,
	words: string,
	shown = ".everywhere .hit",
): Promise<void> {
	await page.locator(".list-search input").fill(words);
	await page.locator(shown).first().waitFor();
}

const STATES: State[] = [
	["switcher", inChat((page) => page.keyboard.press("Control+k"))],
	[
		"sheet",
		inChat(async (page) => {
			await page.keyboard.press("Control+/");
			await page.locator("dialog[open]").waitFor();
		}),
	],
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
		"emoji-hits",
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
	[
		"forward",
		inChat(async (page) => {
			await rows(page).nth(5).click({ button: "right" });
			await page.keyboard.press("f");
			await page.locator("dialog[open] [role=option]").first().click();
			await page.locator("dialog[open] [role=option]").nth(3).click();
		}),
	],
	[
		"date",
		inChat(async (page) => {
			await page.locator(".day__chip").first().click();
			await page.locator("dialog[open]").waitFor();
		}),
	],
	[
		"details",
		inChat(async (page) => {
			await page.locator(".head__who").click();
			await page.locator(".who").waitFor();
		}),
	],
	["search", inChat((page) => page.keyboard.press("Control+f"))],
	["search-hits", inChat((page) => searchInChat(page, "the"))],
	["search-none", inChat((page) => searchInChat(page, "zebra", ".hits__note"))],
	[
		"search-gone",
		inChat(async (page) => {
			await searchInChat(page, "ferry");
			await page.keyboard.press("Enter");
			await page.waitForTimeout(600);
		}),
	],
	[
		"search-behind",
		inChat(async (page) => {
			await page.route("**/v1/messages?*", async (route) => {
				const answer = await route.fetch();
				await route.fulfill({ json: { ...(await answer.json()), behind: true } });
			});
			await searchInChat(page, "umlaut");
		}),
	],
	[
		"search-failed",
		inChat(async (page) => {
			await page.route("**/v1/messages?*", (route) => route.fulfill({ status: 500 }));
			await searchInChat(page, "ferry", ".hits__note button");
		}),
	],
	[
		"search-busy",
		inChat(async (page) => {
			await page.route("**/v1/messages?*", () => undefined);
			await searchInChat(page, "ferry", ".skels");
		}),
	],
	["search-everywhere", at("/chats", (page) => searchEverywhere(page, "day"))],
	["search-everywhere-chats", at("/chats", (page) => searchEverywhere(page, "an"))],
	["search-everywhere-rtl", at("/chats", (page) => searchEverywhere(page, "وصلت"))],
	[
		"search-everywhere-none",
		at("/chats", (page) => searchEverywhere(page, "zebra", ".hits__note")),
	],
	// The server is stopped before it and started after it.
	["reconnecting", (scene) => scene.noor.page.locator(".banner--warn").waitFor()],
	[
		"skeleton",
		async ({ noor: { page }, long }) => {
			await page.route("**/v1/chats/*/messages*", () => undefined);
			await page.goto(`/chats/${long}?at=1`);
			await page.waitForTimeout(900);
		},
	],
	[
		"load-failed",
		async ({ noor: { page }, long }) => {
			await page.route("**/v1/chats/*/messages*", (route) => route.abort());
			await page.goto(`/chats/${long}`);
			await rows(page).last().waitFor();
			await page.locator(".timeline").evaluate((frame) => frame.scrollTo(0, 0));
			await page.locator(".edge[role=alert]").waitFor();
		},
	],
	["list-menu", at("/chats", (page) => page.locator(".lrow").nth(1).click({ button: "right" }))],
	["list-none", at("/chats", (page) => page.locator(".search input").fill("zebra"))],
	["people-hits", at("/people", (page) => page.locator("input").first().fill("a"))],
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

const FRESH: [string, string][] = [
	["empty-list", "/chats"],
	["empty-people", "/people"],
];

const chosen = <T extends [string, ...unknown[]]>(states: readonly T[]): T[] =>
	wanted(states, "STATES", ([name]) => name);

async function alone(person: (name: string) => Promise<Person>): Promise<Person> {
	const someone = await person("Alone");
	await someone.page.goto("/");
	return someone;
}

async function shoot(page: Page, name: string): Promise<void> {
	await page.waitForTimeout(250);
	await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

async function shootPlaces(page: Page, places: [string, string][], end: string): Promise<void> {
	for (const [name, path] of chosen(places)) {
		await page.goto(path);
		await page.locator("h1").first().waitFor();
		await shoot(page, `${name}-${end}`);
	}
}

test("every state, to be looked at", async ({ person, visitor, server }) => {
	const scene = await setScene(person);
	const guest = await visitor("Guest");
	const fresh = await alone(person);
	const { noor } = scene;
	await noor.page.goto("/");
	await guest.page.goto("/");
	await inEachLook([noor.page, guest.page, fresh.page], async (end, width) => {
		for (const [name, bring] of chosen(STATES)) {
			await noor.page.setViewportSize({ width, height: 780 });
			await noor.page.unrouteAll();
			if (name === "reconnecting") await server.kill();
			await bring(scene);
			await shoot(noor.page, `${name}-${end}`);
			await noor.context.setOffline(false);
			if (name === "reconnecting") await server.start();
		}
		await shootPlaces(guest.page, GUEST, end);
		await shootPlaces(fresh.page, FRESH, end);
	});
});
