/** Searching for words: in one chat, in all, by hand and by keyboard, and what search leaves alone. */
import { ask, befriend, expect, type Person, test } from "./fixtures";
import { scrollTo } from "./rows";
import { composer, message, openChat, say, sendAll, timeline } from "./verbs";

const WIDE = { width: 1440, height: 800 };
const PHONE = { width: 360, height: 740 };

const field = ({ page }: Person) => page.getByRole("combobox", { name: "Search in this chat" });
const hits = ({ page }: Person) => page.getByRole("option");
const listField = ({ page }: Person) => page.getByRole("textbox", { name: "Search", exact: true });
const everywhere = ({ page }: Person) => page.getByRole("list", { name: "Messages" });
const isAt = (person: Person) => everywhere(person).locator("[aria-current=page]");

/** A hundred and twenty rows of no interest, with what is looked for near the beginning and the end. */
const TALK = Array.from({ length: 120 }, (_, index) =>
	index === 4
		? "The old lighthouse at Bergsfjorden"
		: index === 110
			? "A lighthouse again, and a *light* breeze"
			: `row-${index + 1}.`,
);

async function setScene(person: (name: string) => Promise<Person>, isRead = true) {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await sendAll(bob, chat, TALK, 1);
	if (isRead) await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: TALK.length });
	return { ann, bob, chat };
}

async function unreadOf(person: Person, chat: string): Promise<number> {
	return (await ask(person, "GET", `/v1/chats/${chat}`)).chat.unread;
}

test("an old message is found beside the chat and gone to", async ({ person }) => {
	const { ann, chat } = await setScene(person);
	const { page } = ann;
	await page.setViewportSize(WIDE);
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(message(page, "row-120.")).toBeInViewport();
	await page.getByRole("button", { name: "Search in this chat" }).first().click();
	await expect(field(ann)).toBeFocused();
	await expect(page.getByText("Type words from a message, in any order.")).toBeVisible();
	await field(ann).fill("l");
	await expect(page.getByText("One more letter.")).toBeVisible();

	await field(ann).fill("LIGHT");
	await expect(hits(ann)).toHaveCount(2);
	await expect(page.getByText("2 messages found")).toBeAttached();
	await expect(hits(ann).first().locator("mark")).toHaveText(["light", "light"]);
	await expect(hits(ann).last().locator("mark")).toHaveText(["light"]);
	await hits(ann).last().click();
	const old = message(page, "The old lighthouse at Bergsfjorden");
	await expect(old).toBeInViewport();
	await expect(page.locator(".msg.is-lit")).toContainText("lighthouse");
	await expect.poll(() => page.evaluate(() => CSS.highlights.get("hit")?.size)).toBe(1);
	await expect(field(ann)).toBeVisible();

	// Once more, from wherever one has gone meanwhile.
	await scrollTo(page, 1_000);
	await expect(old).not.toBeInViewport();
	await hits(ann).last().click();
	await expect(old).toBeInViewport();
	expect(page.url()).toMatch(new RegExp(`/chats/${chat}$`));

	await page.getByRole("radio", { name: "You" }).click();
	await expect(page.getByText("No message contains “LIGHT”").first()).toBeVisible();
	await page.getByRole("button", { name: "Close the search" }).click();
	await expect(page.getByRole("complementary", { name: "Bob" })).toBeVisible();
	expect(await page.evaluate(() => CSS.highlights.size)).toBe(0);
	await page.getByRole("button", { name: "Details" }).last().click();
	await expect(page.getByRole("complementary")).toHaveCount(0);
	const main = await page.getByRole("main").boundingBox();
	expect((main?.x ?? 0) + (main?.width ?? 0)).toBe(WIDE.width);
});

test("by keyboard alone, and back to where one was", async ({ person }) => {
	const { ann } = await setScene(person);
	const { page } = ann;
	const { keyboard } = page;
	await page.setViewportSize(WIDE);
	await page.goto("/");
	await openChat(ann, "Bob");
	await composer(page).focus();
	await keyboard.type("Half a thou");
	await keyboard.press("Control+f");
	// An Enter that comes before the hits waits for them.
	await keyboard.type("lighthouse");
	await keyboard.press("Enter");
	await expect(page.locator(".msg.is-lit")).toContainText("A lighthouse again");
	await keyboard.press("Control+a");
	await keyboard.type("light");
	await expect(hits(ann)).toHaveCount(2);
	await expect(hits(ann).first()).toHaveAttribute("aria-selected", "true");
	await keyboard.press("ArrowDown");
	await expect(hits(ann).last()).toHaveAttribute("aria-selected", "true");
	await keyboard.press("ArrowDown");
	await keyboard.press("Enter");
	await expect(message(page, "The old lighthouse at Bergsfjorden")).toBeInViewport();
	await keyboard.press("ArrowUp");
	await keyboard.press("Enter");
	await expect(timeline(page).getByText("A lighthouse again")).toBeInViewport();
	await expect(field(ann)).toBeFocused();

	// The browser's own search is one press further.
	await page.evaluate(() =>
		addEventListener("keydown", ({ code, defaultPrevented }) => {
			if (code === "KeyF") document.body.dataset.isOurs = String(defaultPrevented);
		}),
	);
	await keyboard.press("Control+f");
	await expect(page.locator("body")).toHaveAttribute("data-is-ours", "false");

	await keyboard.press("Escape");
	await expect(field(ann)).toHaveCount(0);
	await expect(composer(page)).toBeFocused();
	await expect(composer(page)).toHaveValue("Half a thou");
	// Escape meant the search alone.
	await expect(timeline(page).getByText("A lighthouse again")).toBeInViewport();
});

test("what is unread stays so, wherever a hit leads", async ({ person }) => {
	const { ann, chat } = await setScene(person, false);
	const { page } = ann;
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: 100 });
	await page.goto("/");
	await listField(ann).fill("light breeze");
	await everywhere(ann).getByRole("link").click();
	const hit = timeline(page).getByText("A lighthouse again");
	await expect(hit).toBeInViewport();
	await expect(page.locator(".msg.is-lit")).toHaveCount(0);
	expect(await unreadOf(ann, chat)).toBe(20);

	await page.keyboard.press("Control+f");
	await page.keyboard.type("old light");
	await expect(hits(ann)).toHaveCount(1);
	await page.keyboard.press("Enter");
	await expect(message(page, "The old lighthouse at Bergsfjorden")).toBeInViewport();
	expect(await unreadOf(ann, chat)).toBe(20);

	// At the end, where one goes oneself, it is read.
	await page.keyboard.press("Escape");
	await page.locator("[data-jump]").click();
	await page.locator("[data-jump]").click();
	await expect(message(page, "row-120.")).toBeInViewport();
	await expect.poll(() => unreadOf(ann, chat)).toBe(0);
});

test("messages of all chats are found above the list, page after page", async ({ person }) => {
	const { ann, bob, chat } = await setScene(person);
	const cleo = await person("Cleo");
	const other = await befriend(ann, cleo);
	await sendAll(cleo, other, ["Who keeps the lighthouse?", "Bob does"], 1);
	const { page } = ann;
	await page.goto("/settings");
	await expect(page.getByRole("heading", { name: "Settings", exact: true })).toBeVisible();
	await page.keyboard.press("Control+Shift+F");
	await expect(listField(ann)).toBeFocused();
	await page.keyboard.type("lighthouse");
	await expect(everywhere(ann).getByRole("link")).toHaveCount(3);
	await expect(everywhere(ann).getByRole("link").first()).toContainText("Cleo");
	await expect(page.getByText("No chat matches “lighthouse”")).toBeVisible();

	// By name and by word at once; the arrows lead from the ones to the others.
	await listField(ann).fill("bob");
	await expect(everywhere(ann).getByRole("link")).toHaveCount(1);
	await page.keyboard.press("ArrowDown");
	await expect(page.getByRole("list", { name: "Chats" }).getByRole("link")).toBeFocused();
	await page.keyboard.press("ArrowDown");
	await expect(everywhere(ann).getByRole("link")).toBeFocused();
	await page.keyboard.press("Enter");
	await expect(page).toHaveURL(new RegExp(`/chats/${other}\\?at=2$`));
	await expect(message(page, "Bob does")).toBeInViewport();
	await expect(listField(ann)).toHaveValue("bob");
	await expect(isAt(ann)).toHaveText([/Bob does/]);

	await listField(ann).fill("row");
	await expect(everywhere(ann).getByRole("link")).toHaveCount(20);
	await everywhere(ann).getByRole("link").last().scrollIntoViewIfNeeded();
	await expect.poll(() => everywhere(ann).getByRole("link").count()).toBeGreaterThan(39);
	await everywhere(ann).getByRole("link", { name: "row-81." }).click();
	await expect(page).toHaveURL(new RegExp(`/chats/${chat}\\?at=81$`));
	await expect(message(page, "row-81.")).toBeInViewport();
	// The list tells which of them the chat shows, also of one that the browser goes back to.
	await expect(isAt(ann)).toHaveText([/row-81/]);
	await page.goBack();
	await listField(ann).fill("bob");
	await expect(isAt(ann)).toHaveText([/Bob does/]);
	await page.goForward();
	await listField(ann).fill("row");
	await expect(isAt(ann)).toHaveText([/row-81/]);
	await scrollTo(page, 0);
	await expect(message(page, "row-81.")).not.toBeInViewport();
	await expect(isAt(ann)).toHaveText([/row-81/]);
	await everywhere(ann).getByRole("link", { name: "row-81." }).click();
	await expect(message(page, "row-81.")).toBeInViewport();
	await page.keyboard.press("Escape");
	await expect(listField(ann)).toBeFocused();
	await expect(message(page, "row-81.")).toBeInViewport();

	// What changes meanwhile changes here.
	await listField(ann).fill("lighthouse");
	await expect(everywhere(ann).getByRole("link")).toHaveCount(3);
	await ask(bob, "DELETE", `/v1/chats/${chat}/messages/5`);
	await expect(everywhere(ann).getByRole("link")).toHaveCount(2);
	await ask(cleo, "PATCH", `/v1/chats/${other}/messages/1`, { body: "Two lighthouses then" });
	await expect(everywhere(ann).getByRole("link").first()).toContainText("Two lighthouses then");
	await ask(cleo, "PATCH", `/v1/chats/${other}/messages/1`, { body: "Never mind" });
	await expect(everywhere(ann).getByRole("link")).toHaveCount(1);
});

test("on a phone the chat comes to the front, with a way along the hits", async ({ person }) => {
	const { ann } = await setScene(person);
	const { page } = ann;
	await page.setViewportSize(PHONE);
	await page.goto("/");
	await openChat(ann, "Bob");
	await page.getByRole("button", { name: "Details" }).last().click();
	await page.getByRole("button", { name: "Search in this chat" }).click();
	await field(ann).fill("lighthouse");
	await hits(ann).first().click();
	const bar = page.getByRole("search", { name: "Search in this chat" });
	await expect(bar).toContainText("1 of 2");
	await expect(timeline(page).getByText("A lighthouse again")).toBeInViewport();
	await bar.getByRole("button", { name: "Earlier match" }).click();
	await expect(bar).toContainText("2 of 2");
	await expect(message(page, "The old lighthouse at Bergsfjorden")).toBeInViewport();
	await expect(bar.getByRole("button", { name: "Earlier match" })).toBeDisabled();
	await bar.getByRole("button", { name: "Later match" }).click();
	await expect(timeline(page).getByText("A lighthouse again")).toBeInViewport();

	await bar.getByRole("button", { name: /1 of 2/ }).click();
	await expect(hits(ann)).toHaveCount(2);
	await expect(field(ann)).toHaveValue("lighthouse");
	await hits(ann).last().click();
	await expect(message(page, "The old lighthouse at Bergsfjorden")).toBeInViewport();
	// One step back, and the search is over; the chat stays where it led.
	await page.goBack();
	await expect(bar).toHaveCount(0);
	await expect(message(page, "The old lighthouse at Bergsfjorden")).toBeInViewport();
	await page.goBack();
	await expect(page.getByRole("heading", { name: "Chats", exact: true })).toBeVisible();

	// From the list: the way back leads to the hits.
	await listField(ann).fill("lighthouse");
	await everywhere(ann).getByRole("link").last().click();
	await expect(message(page, "The old lighthouse at Bergsfjorden")).toBeInViewport();
	for (const goBack of [
		() => page.getByRole("button", { name: "Back" }).click(),
		() => page.goBack(),
	]) {
		await goBack();
		await expect(everywhere(ann).getByRole("link")).toHaveCount(2);
		await expect(listField(ann)).toHaveValue("lighthouse");
		await everywhere(ann).getByRole("link").first().click();
		await expect(timeline(page).getByText("A lighthouse again")).toBeInViewport();
	}
	const excess = await page.evaluate(
		() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
	);
	expect(excess).toBe(0);
});

test("right to left, with words of both directions", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await sendAll(bob, chat, ["شُكْراً جزيلاً، وصلت الصور كلها", "The ferry, شكرا", "plain words"], 1);
	const { page } = ann;
	await page.addInitScript(() =>
		localStorage.setItem("tidings.look", JSON.stringify({ language: "ar" })),
	);
	await page.setViewportSize(WIDE);
	await page.goto(`/chats/${chat}`);
	await expect(page.getByText("plain words").last()).toBeVisible();
	await page.keyboard.press("Control+f");
	await page.locator(".search-pane input").fill("شكرا");
	await expect(hits(ann)).toHaveCount(2);
	await expect(hits(ann).last().locator("mark")).toHaveText("شُكْراً");
	await expect(page.getByText("عُثر على رسالتين")).toBeAttached();
	const edges = await page.evaluate(() =>
		[...document.querySelectorAll(".hit__text")].map((text) => getComputedStyle(text).direction),
	);
	expect(edges).toEqual(["ltr", "rtl"]);
	const aside = await page.locator("aside").boundingBox();
	expect(aside?.x).toBe(0);
});

test("without a connection, and when the server cannot answer", async ({ person, server }) => {
	const { ann } = await setScene(person);
	const { page } = ann;
	await page.setViewportSize(WIDE);
	await page.goto("/");
	await openChat(ann, "Bob");
	await page.keyboard.press("Control+f");
	await page.route("**/v1/messages?*", (route) => route.fulfill({ status: 503 }));
	await field(ann).fill("lighthouse");
	const failed = page.getByRole("alert");
	await expect(failed).toContainText("The server could not answer");
	await page.unrouteAll();
	await failed.getByRole("button", { name: "Try again" }).click();
	await expect(hits(ann)).toHaveCount(2);

	await server.kill();
	await field(ann).fill("breeze");
	await expect(page.getByText("Search needs a connection.")).toBeVisible();
	await server.start();
	await expect(hits(ann)).toHaveCount(1);
});

test("what one has just written is found, and what is still prepared is told", async ({
	person,
}) => {
	const { ann } = await setScene(person);
	const { page } = ann;
	await page.setViewportSize(WIDE);
	await page.goto("/");
	await openChat(ann, "Bob");
	await page.keyboard.press("Control+f");
	await field(ann).fill("zebra");
	await expect(page.getByText("No message contains “zebra”").first()).toBeVisible();
	await page.keyboard.press("Escape");
	await say(ann, "A zebra on the quay");
	await expect(message(page, "A zebra on the quay")).toBeVisible();
	await expect(page.locator(".tick--sending")).toHaveCount(0);
	await page.route("**/v1/messages?*", async (route) => {
		const answer = await route.fetch();
		await route.fulfill({ json: { ...(await answer.json()), behind: true } });
	});
	await page.keyboard.press("Control+f");
	await field(ann).fill("zebra");
	await expect(hits(ann)).toHaveCount(1);
	await expect(page.getByText("Older messages are still being prepared for search.")).toBeVisible();
});
