/** Going to a day of a long chat. The days are put into the server's answers, for its clock is the real one. */
import type { Page } from "@playwright/test";
import { expectNoFaults } from "./faults";
import { ask, befriend, expect, type Person, test } from "./fixtures";
import { composer, send, timeline } from "./verbs";

const ROWS = 240;
const DAY_MS = 86_400_000;
/** Four messages a day, and none on one of the days. */
const NOW = new Date(2026, 10, 20, 12).getTime();
const timeOf = (seq: number) => {
	const days = Math.floor((ROWS - seq) / 4);
	return NOW - (days >= 30 ? days + 1 : days) * DAY_MS + (seq % 4) * 60_000;
};

/** Every message and chat in the answer gets the time of its place. */
function moved(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(moved);
	if (typeof value !== "object" || value === null) return value;
	const object = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, moved(one)]));
	if ("sender" in object && "body" in object) object.created_at = timeOf(Number(object.seq));
	if ("first_seq" in object) {
		object.created_at = timeOf(1) - 1000;
		object.last_at = timeOf(Number(object.seq));
	}
	return object;
}

/** The answers of both ways, HTTP and socket, as if the chat were sixty days long. */
async function moveAnswers(page: Page): Promise<void> {
	await page.route(/\/v1\/chats/, async (route) => {
		const response = await route.fetch();
		const text = await response.text();
		const json = text.startsWith("{") ? { json: moved(JSON.parse(text)) } : {};
		await route.fulfill({ response, ...json });
	});
	await page.routeWebSocket(/\/socket\.io\//, (socket) => {
		const server = socket.connectToServer();
		server.onMessage((packet) => {
			const [, head = "", body] = /^(\d[^[{]*)([[{].*)$/s.exec(String(packet)) ?? [];
			socket.send(body ? head + JSON.stringify(moved(JSON.parse(body))) : packet);
		});
	});
}

async function openLong(person: (name: string) => Promise<Person>, language = "en") {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	for (let seq = 1; seq <= ROWS; seq++) await send(bob, chat, `row-${seq}.`);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: ROWS });
	const { page } = ann;
	await page.addInitScript(
		(look) => localStorage.setItem("tidings.look", look),
		JSON.stringify({ language }),
	);
	await page.clock.setFixedTime(NOW + 3_600_000);
	await moveAnswers(page);
	await page.goto(`/chats/${chat}`);
	await expect(row(page, ROWS)).toBeInViewport();
	return { page, chat };
}

const row = (page: Page, seq: number) => page.locator(`[data-seq="${seq}"]`);
const dialog = (page: Page) => page.getByRole("dialog", { name: "Go to a date" });

test("a press on the day leads to any other", async ({ person }) => {
	const { page } = await openLong(person);
	await timeline(page).getByRole("button", { name: "Today" }).click();
	await expect(dialog(page).getByRole("heading", { name: "November 2026" })).toBeVisible();
	await expectNoFaults(page);
	await dialog(page).getByRole("button", { name: "Earlier month" }).click();
	await dialog(page).getByRole("button", { name: "Monday, 5 October 2026" }).click();
	await expect(dialog(page)).toHaveCount(0);
	// Five rows of that month stand before: the day's first is the one that is shown.
	const first = row(page, firstOf(new Date(2026, 9, 5)));
	await expect(first).toBeInViewport();
	await expect(first).toBeFocused();
	await expect(timeline(page).getByRole("button", { name: "Monday 5 October" })).toBeVisible();
});

/** The first place on that day or after it. */
function firstOf(day: Date): number {
	for (let seq = 1; seq <= ROWS; seq++) if (timeOf(seq) >= day.getTime()) return seq;
	return ROWS;
}

test("by keys, over a day without a word, and to the beginning", async ({ person }) => {
	const { page } = await openLong(person);
	const { keyboard } = page;
	await row(page, ROWS).focus();
	await keyboard.press("Control+/");
	await expect(page.getByText("On a day: to another date")).toBeVisible();
	await keyboard.press("Escape");
	await expect(row(page, ROWS)).toBeFocused();
	// The day is one more stop above its messages.
	for (let rows = 0; rows < 4; rows++) await keyboard.press("ArrowUp");
	await expect(timeline(page).getByRole("button", { name: "Today" })).toBeFocused();
	await keyboard.press("Enter");
	await expect(dialog(page)).toBeVisible();
	const silent = new Date(NOW - 30 * DAY_MS);
	const day = (date: Date) => page.locator(`[data-day="${date.setHours(0, 0, 0, 0)}"]`);
	await expect(page.locator(".cal__day.is-active")).toBeFocused();
	await keyboard.press("PageUp");
	while (!(await day(silent).evaluate((element) => element === document.activeElement))) {
		await keyboard.press("ArrowRight");
	}
	await keyboard.press("Enter");
	await expect(page.getByText(/Nothing was written on Wednesday/)).toBeVisible();
	await expect(row(page, firstOf(silent))).toBeFocused();

	await keyboard.press("ArrowUp");
	await keyboard.press("Enter");
	await dialog(page).getByRole("button", { name: "To the beginning" }).press("Enter");
	await expect(row(page, 1)).toBeFocused();
	await expect(row(page, 1)).toBeInViewport();
});

test("a search that fails says so and can be tried again", async ({ person }) => {
	const { page } = await openLong(person);
	await page.locator(".day__chip").last().click();
	await page.route("**/v1/chats/*/messages*", (route) => route.abort());
	await dialog(page).getByRole("button", { name: "Earlier month" }).click();
	const day = dialog(page).getByRole("button", { name: "Sunday, 11 October 2026" });
	await day.click();
	await expect(dialog(page).getByText(/The server cannot be reached/)).toBeVisible();
	await page.unroute("**/v1/chats/*/messages*");
	await day.click();
	await expect(row(page, firstOf(new Date(2026, 9, 11)))).toBeInViewport();
	await page.keyboard.press("Escape");
	await expect(composer(page)).toBeVisible();
});

test("from right to left the arrows follow the page", async ({ person }) => {
	const { page } = await openLong(person, "ar");
	await page.locator(".day__chip").last().click();
	await expect(page.locator(".cal__day.is-active")).toBeFocused();
	await page.keyboard.press("ArrowRight");
	await expect(page.locator(".cal__day.is-active")).toHaveText("19");
	await page.keyboard.press("Escape");
	await expect(page.locator("dialog")).toHaveCount(0);
	await expect(page.locator(".day__chip").last()).toBeFocused();
});
