/** Parts that come after the first load, where they cannot be had. */
import { befriend, expect, test } from "./fixtures";
import { composer, message, nav, openChat, say, timeline } from "./verbs";

const LATE =
	/\/assets\/(emoji-panel|emoji-completion|day-picker|shortcut-sheet|message-menu)-.*\.js/;

test("what cannot be fetched is not there yet, and is asked for again", async ({ person }) => {
	const ann = await person("Ann");
	await befriend(ann, await person("Bob"));
	const { page, context } = ann;
	let asked = 0;
	await context.route(LATE, (route) => {
		asked++;
		return route.abort();
	});
	await page.goto("/");
	await openChat(ann, "Bob");
	await say(ann, "Still here");
	const emoji = page.getByRole("button", { name: "Emoji" });
	const picker = page.getByRole("dialog", { name: "Emoji" });
	const sheet = page.getByRole("dialog", { name: "Shortcuts" });
	const menu = page.getByRole("menu", { name: "Message" });
	const day = page.getByRole("button", { name: /^Today/ });

	const before = asked;
	await emoji.click();
	await expect(emoji).toHaveAttribute("aria-expanded", "false");
	expect(asked).toBeGreaterThan(before);
	await page.keyboard.press("Control+/");
	await day.click();
	await message(page, "Still here").click({ button: "right" });
	await composer(page).fill("And :smi");
	await expect(message(page, "Still here")).toBeVisible();
	await expect(composer(page)).toHaveValue("And :smi");
	await expect(picker.or(sheet).or(menu)).toHaveCount(0);

	await context.unroute(LATE);
	await emoji.click();
	await expect(picker).toBeVisible();
	await page.keyboard.press("Escape");
	await page.keyboard.press("Control+/");
	await expect(sheet).toBeVisible();
	await page.keyboard.press("Escape");
	await day.click();
	await expect(page.getByRole("dialog", { name: "Go to a date" })).toBeVisible();
	await page.keyboard.press("Escape");
	await message(page, "Still here").click({ button: "right" });
	await expect(menu).toBeVisible();
});

test("keys pressed for a layer that is on its way are for nobody else", async ({ person }) => {
	const ann = await person("Ann");
	await befriend(ann, await person("Bob"));
	await befriend(ann, await person("Cleo"));
	const { page, context } = ann;
	let letGo = () => {};
	const held = new Promise<void>((resolve) => {
		letGo = resolve;
	});
	await context.route(/\/assets\/(quick-switcher|message-menu)-.*\.js/, async (route) => {
		await held;
		await route.continue();
	});
	await page.goto("/");
	await openChat(ann, "Bob");
	await page.keyboard.press("Control+k");
	await page.keyboard.type("given up");
	await page.keyboard.press("Escape");
	await page.keyboard.press("Control+k");
	await page.keyboard.type("cle");
	await page.keyboard.press("Enter");
	await expect(composer(page)).toHaveValue("");
	letGo();
	await expect(page.getByRole("textbox", { name: "Message Cleo" })).toBeFocused();
	await expect(composer(page)).toHaveValue("");
	await expect(timeline(page).locator(".msg")).toHaveCount(0);
});

test("Enter that comes before the chats opens the first one found", async ({ person }) => {
	const ann = await person("Ann");
	await befriend(ann, await person("Bob"));
	const { page, context } = ann;
	let letGo = () => {};
	const held = new Promise<void>((resolve) => {
		letGo = resolve;
	});
	await context.routeWebSocket(/socket\.io/, async (socket) => {
		await held;
		socket.connectToServer();
	});
	await context.route(/socket\.io/, async (route) => {
		await held;
		await route.continue();
	});
	await page.goto("/people");
	await expect(nav(page)).toBeVisible();
	await page.keyboard.press("Control+k");
	await page.keyboard.type("bo");
	await page.keyboard.press("Enter");
	await expect(page.getByRole("dialog").getByText("No chat has that name")).toBeVisible();
	letGo();
	await expect(page.getByRole("textbox", { name: "Message Bob" })).toBeFocused();
});
