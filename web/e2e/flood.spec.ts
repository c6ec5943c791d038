/**
 * More messages than anybody reads, as fast as the server takes them: the page
 * keeps its connection, shows the end, and costs the browser next to nothing
 * outside of the page. Judged by counts, so a slow machine decides no verdict.
 */
import type { Page } from "@playwright/test";
import { befriend, expect, type Person, test } from "./fixtures";
import { openChat, sendAll, timeline, words } from "./verbs";

// A trace copies every row of the page at each step: the runner's work, and more than the page's.
test.use({ trace: "off" });

const COUNT = 500;
const AT_A_TIME = 8;

type Heard = { sockets: number; closed: number; icons: number; marks: number };

/** Counts what the page asks of the browser and the network. */
function listen(page: Page): Heard {
	const heard: Heard = { sockets: 0, closed: 0, icons: 0, marks: 0 };
	page.on("websocket", (socket) => {
		heard.sockets++;
		socket.on("close", () => heard.closed++);
		socket.on("framesent", ({ payload }) => {
			if (/"chat\.(?:read|delivered)"/.test(String(payload))) heard.marks++;
		});
	});
	page.on("request", (request) => {
		if (request.url().includes("favicon")) heard.icons++;
	});
	return heard;
}

async function flood(bob: Person, chat: string): Promise<void> {
	const bodies = Array.from({ length: COUNT - 1 }, (_, index) => `news-${index + 1}.`);
	await sendAll(bob, chat, bodies, AT_A_TIME);
	await sendAll(bob, chat, [`news-${COUNT}.`]);
}

async function meet(person: (name: string) => Promise<Person>) {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	const heard = listen(ann.page);
	await ann.page.goto("/");
	return { ann, bob, chat, heard, page: ann.page };
}

/** A tab in the background has no focus and draws no frames. */
async function setAway(page: Page, isAway: boolean): Promise<void> {
	await page.evaluate((isAway) => {
		const state = isAway ? "hidden" : "visible";
		Object.defineProperty(document, "visibilityState", { get: () => state, configurable: true });
		document.hasFocus = () => !isAway;
		const draw = Object.getOwnPropertyDescriptor(window, "draw")?.value ?? requestAnimationFrame;
		Reflect.set(window, "draw", draw);
		window.requestAnimationFrame = isAway ? () => 0 : draw;
		document.dispatchEvent(new Event("visibilitychange"));
		dispatchEvent(new Event(isAway ? "blur" : "focus"));
	}, isAway);
}

test("a flood into the open chat is followed to its end", async ({ person }) => {
	const { ann, bob, chat, heard, page } = await meet(person);
	await openChat(ann, "Bob");
	const { icons } = heard;
	const begin = performance.now();
	await flood(bob, chat);
	await expect(timeline(page).getByText(`news-${COUNT}.`)).toBeInViewport();
	await expect(page).toHaveTitle("Tidings");
	const seconds = (performance.now() - begin) / 1_000;

	expect(heard).toMatchObject({ sockets: 1, closed: 0 });
	// Nothing was unread for longer than a moment.
	expect(heard.icons - icons).toBeLessThanOrEqual(4);
	// Read and received, each once a second at most.
	expect(heard.marks).toBeLessThanOrEqual(2 * (seconds + 1));
	const shown = await words(page, /news-\d+\./g);
	expect(new Set(shown).size).toBe(shown.length);
	await page.reload();
	await openChat(ann, "Bob");
	await expect(timeline(page).getByText(`news-${COUNT}.`)).toBeInViewport();
	const fresh = await words(page, /news-\d+\./g);
	expect(shown.slice(-fresh.length)).toEqual(fresh.slice(-shown.length));
});

test("a flood into another chat is counted", async ({ person }) => {
	const { ann, bob, chat, heard, page } = await meet(person);
	await befriend(ann, await person("Cleo"));
	await openChat(ann, "Cleo");
	const { icons } = heard;
	const titles = await page.evaluateHandle(() => {
		const seen: string[] = [];
		const watch = new MutationObserver(() => seen.push(document.title));
		watch.observe(document.head, { subtree: true, childList: true, characterData: true });
		return seen;
	});
	const begin = performance.now();
	await flood(bob, chat);
	await expect(page.getByRole("link", { name: "Bob" }).first()).toContainText(`news-${COUNT}.`);
	await expect(page).toHaveTitle(`(${COUNT}) Tidings`);
	const seconds = (performance.now() - begin) / 1_000;
	expect((await titles.jsonValue()).length).toBeLessThanOrEqual(4 * (seconds + 1));
	expect(heard).toMatchObject({ sockets: 1, closed: 0 });
	expect(heard.icons - icons).toBeLessThanOrEqual(2);
});

test("a flood into a tab in the background waits where it began", async ({ person }) => {
	const { ann, bob, chat, heard, page } = await meet(person);
	await openChat(ann, "Bob");
	await sendAll(bob, chat, ["Before it."]);
	await expect(timeline(page).getByText("Before it.")).toBeInViewport();
	await expect(page).toHaveTitle("Tidings");
	await setAway(page, true);
	await flood(bob, chat);
	await expect(page).toHaveTitle(`(${COUNT}) Tidings`);
	await setAway(page, false);
	await expect(timeline(page).getByText("Before it.")).toBeInViewport();
	await expect(timeline(page).getByText("news-1.", { exact: true })).toBeInViewport();
	expect(heard).toMatchObject({ sockets: 1, closed: 0 });
	await page.keyboard.press("Escape");
	await expect(timeline(page).getByText(`news-${COUNT}.`)).toBeInViewport();
	await expect(page).toHaveTitle("Tidings");
});
