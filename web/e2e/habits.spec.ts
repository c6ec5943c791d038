/** What hands do without thinking in any messenger. */
import { ask, befriend, expect, type Person, test } from "./fixtures";
import { composer, message, openChat, say, send, sendAll } from "./verbs";

async function talk(person: (name: string) => Promise<Person>) {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	const bodies = ["See https://example.org/boat", "Second thought", "Third thought"];
	for (const body of bodies) await send(bob, chat, body);
	await ann.context.grantPermissions(["clipboard-read", "clipboard-write"]);
	const { page } = ann;
	await ask(bob, "PATCH", "/v1/me", { bio: "Sails.\nAsk me about knots." });
	await page.goto("/");
	await openChat(ann, "Bob");
	await expect(message(page, "Third thought")).toBeVisible();
	return { ann, bob, chat, page };
}

test("what is typed or pasted beside the field lands in it", async ({ person }) => {
	const { page } = await talk(person);
	const { keyboard } = page;
	const row = page.locator(".msg").last();
	await row.focus();
	await keyboard.type("Hello from afar");
	await expect(composer(page)).toHaveValue("Hello from afar");

	await page.evaluate(() => navigator.clipboard.writeText(", pasted"));
	await row.focus();
	await keyboard.press("Control+v");
	await expect(composer(page)).toHaveValue("Hello from afar, pasted");
	await expect(composer(page)).toBeFocused();

	// A tooltip has no keys of its own.
	await keyboard.press("Tab");
	await expect(page.locator(".tip")).toHaveText("Emoji");
	await keyboard.type("!");
	await expect(composer(page)).toHaveValue("Hello from afar, pasted!");

	// The keys of a row stay its own, and those of another field too.
	await row.focus();
	await keyboard.press("Space");
	await expect(page.getByRole("region", { name: "Selected messages" })).toBeVisible();
	await keyboard.type("x");
	await keyboard.press("Escape");
	await keyboard.press("Control+k");
	await keyboard.type("bo");
	await expect(page.getByRole("combobox")).toHaveValue("bo");
	await keyboard.press("Escape");
	await expect(composer(page)).toHaveValue("Hello from afar, pasted!");
});

test("the list's search opens its first chat with Enter, and Escape only clears it", async ({
	person,
}) => {
	const { ann, chat, bob, page } = await talk(person);
	const cleo = await person("Cleo");
	await befriend(ann, cleo);
	const body = "A line.\n".repeat(100);
	await send(bob, chat, body);
	const jump = page.getByRole("button", { name: /To the newest|new message/ });
	await expect(async () => {
		await page.locator(".timeline").evaluate((frame) => frame.scrollTo(0, 0));
		await expect(jump).toBeVisible({ timeout: 500 });
	}).toPass();
	await page.evaluate(() => {
		addEventListener("click", () => document.body.append("A press."), { capture: true });
	});

	const search = page.getByRole("textbox", { name: "Search" });
	await search.fill("cl");
	await expect(page.locator(".lrow")).toHaveCount(1);
	await search.press("Escape");
	await expect(search).toHaveValue("");
	await expect(page.locator(".lrow")).toHaveCount(2);
	await expect(page.getByText("A press.")).toHaveCount(0);

	await search.fill("cl");
	await search.press("Enter");
	await expect(page.getByRole("textbox", { name: "Message Cleo" })).toBeFocused();
	await expect(search).toHaveValue("");
});

test("a name leads on: in the head to the details, among the friends to the chat", async ({
	person,
}) => {
	const { page } = await talk(person);
	// The button lies over the name.
	await page.getByRole("heading", { name: "Bob" }).click({ force: true });
	await expect(page.getByText("Chat since")).toBeVisible();
	await expect(page.getByText("Ask me about knots.")).toBeVisible();
	await page.keyboard.press("Escape");
	await page.goto("/people");
	await page.getByText("Bob", { exact: true }).click({ force: true });
	await expect(composer(page)).toBeFocused();
	// What stands beside the name keeps its own meaning.
	await page.goto("/people");
	await page.getByRole("button", { name: "More about Bob" }).click();
	await expect(page.getByRole("menuitem", { name: "Remove friend" })).toBeVisible();
});

test("an address keeps the browser's menu, and a row's copy is the row's", async ({ person }) => {
	const { page } = await talk(person);
	const menu = page.getByRole("menu");
	await page.evaluate(() => {
		addEventListener("contextmenu", (event) =>
			document.body.setAttribute("data-native", String(!event.defaultPrevented)),
		);
	});
	const native = page.locator("body");
	await page.getByRole("link", { name: "https://example.org/boat" }).click({ button: "right" });
	await expect(native).toHaveAttribute("data-native", "true");
	await expect(menu).toHaveCount(0);
	// Beside the words there is the message's own.
	await message(page, "Second thought").click({ button: "right" });
	await expect(native).toHaveAttribute("data-native", "false");
	await expect(menu).toBeVisible();
	await page.keyboard.press("Escape");

	// Marked words elsewhere on the page are not what one copies here.
	await message(page, "Second thought").selectText();
	await page.locator(".msg", { hasText: "Third" }).press("Enter");
	await page.keyboard.press("c");
	await expect
		.poll(() => page.evaluate(() => navigator.clipboard.readText()))
		.toBe("Third thought");
	await message(page, "Second thought").selectText();
	await page.locator(".msg", { hasText: "Second" }).press("Enter");
	await page.keyboard.press("c");
	await expect
		.poll(() => page.evaluate(() => navigator.clipboard.readText()))
		.toBe("Second thought");
});

test("what is being deleted is neither edited nor answered any more", async ({ person }) => {
	const { ann, page } = await talk(person);
	for (const text of ["First of mine", "Second of mine"]) await say(ann, text);
	await expect(page.getByRole("img", { name: /^(Sent|Delivered)$/ })).toHaveCount(2);
	await composer(page).fill("half a thought");
	const row = page.locator(".msg").last();
	await row.focus();
	await page.keyboard.press("Enter");
	await page.keyboard.press("e");
	await expect(composer(page)).toHaveValue("Second of mine");
	await row.click({ button: "right" });
	await page.getByRole("menuitem", { name: "Delete" }).click();
	await expect(composer(page)).toHaveValue("half a thought");
	await expect(page.getByText("Editing")).toHaveCount(0);
	await row.click({ button: "right" });
	await expect(page.getByRole("menuitem")).toHaveText(["Copy link"]);
	await page.keyboard.press("Escape");
	await row.press("+");
	await expect(page.getByRole("menu")).toHaveCount(0);
	await composer(page).fill("");
	await composer(page).press("ArrowUp");
	await expect(composer(page)).toHaveValue("First of mine");
});

test("from a quoted message one comes back to the reply", async ({ person }) => {
	const { bob, chat, page } = await talk(person);
	const later = Array.from({ length: 87 }, (_, index) => ({ body: `row-${index + 4}.` }));
	const said = later.map((one, index) => (index === 56 ? { ...one, reply_to_seq: 10 } : one));
	await sendAll(bob, chat, said, 1);
	await expect(message(page, "row-90.")).toBeInViewport();
	const reply = page.locator("[data-seq='60']");
	await expect(async () => {
		await page.locator(".timeline").evaluate((frame) => frame.scrollBy(0, -200));
		await expect(reply).toBeInViewport({ timeout: 100 });
	}).toPass();
	await reply.locator(".quote").click();
	await expect(page.locator("[data-seq='10']")).toBeInViewport();
	await page.getByRole("button", { name: "Back to the reply" }).click();
	await expect(reply).toBeInViewport();
	await page.getByRole("button", { name: "To the newest" }).click();
	await expect(message(page, "row-90.")).toBeInViewport();
});

test("a list longer than the screen begins at its beginning", async ({ person }) => {
	const { page } = await person("Ann");
	await page.setViewportSize({ width: 360, height: 640 });
	await page.goto("/settings");
	await page.getByRole("button", { name: "Show all shortcuts" }).click();
	const sheet = page.getByRole("dialog", { name: "Shortcuts" });
	await expect(sheet.getByRole("heading", { name: "Shortcuts" })).toBeInViewport();
	await expect(sheet.getByRole("heading", { name: "Shortcuts" })).toBeFocused();
	await page.keyboard.press("Tab");
	await expect(sheet.getByRole("button", { name: "Close" })).toBeFocused();
	await page.keyboard.press("Enter");
	await expect(page.getByRole("button", { name: "Show all shortcuts" })).toBeFocused();
});

test("the first letter already chooses among one's friends", async ({ person }) => {
	const ann = await person("Ann");
	for (const name of ["Zoë", "Bob"]) await befriend(ann, await person(name));
	const { page } = ann;
	await page.goto("/people");
	const people = page.locator(".prow");
	await expect(people).toHaveCount(2);
	const field = page.getByLabel("Find people by name or username");
	await field.fill("z");
	await expect(people).toHaveCount(1);
	await expect(people).toContainText("Zoë");
	await expect(page.getByText("One more letter")).toBeVisible();
	await field.fill("zo");
	await expect(page.getByText("Matches for “zo”")).toBeVisible();
	await expect(people).toHaveCount(1);
});

test("a change that was begun is still there when one comes back to the chat", async ({
	person,
}) => {
	const { ann, bob, page } = await talk(person);
	const cleo = await person("Cleo");
	await befriend(ann, cleo);
	await say(ann, "Allmost");
	await composer(page).fill("half a thought");
	await message(page, "Allmost").click({ button: "right" });
	await page.getByRole("menuitem", { name: "Edit" }).click();
	await composer(page).fill("Almost there");
	await openChat(ann, "Cleo");
	await expect(composer(page)).toHaveValue("");
	await openChat(ann, bob.name);
	await expect(page.getByText("Editing")).toBeVisible();
	await expect(composer(page)).toHaveValue("Almost there");
	await page.keyboard.press("Enter");
	await expect(message(page, "Almost there")).toBeVisible();
	await expect(composer(page)).toHaveValue("half a thought");
	// Ended, it is over.
	await openChat(ann, "Cleo");
	await openChat(ann, bob.name);
	await expect(page.getByText("Editing")).toHaveCount(0);
	await expect(composer(page)).toHaveValue("half a thought");
	await composer(page).fill("");
	// In the list its words are gone with it.
	await message(page, "Almost there").click({ button: "right" });
	await page.getByRole("menuitem", { name: "Delete" }).click();
	const row = page.getByRole("region", { name: "Chats" }).getByRole("link", { name: bob.name });
	await expect(row).toContainText("Message deleted");
	await page.getByRole("button", { name: "Undo" }).click();
	await expect(row).toContainText("Almost there");
});

test("a long name is cut at its end, and widens nothing", async ({ person }) => {
	const ann = await person("Ann");
	const sofia = await person("Sofia");
	await ask(sofia, "PATCH", "/v1/me", { name: "Sofía Bergström-Gyllenhjelm af Kungshamn" });
	await befriend(ann, sofia);
	const { page } = ann;
	await page.setViewportSize({ width: 320, height: 700 });
	for (const language of ["en", "ar"]) {
		await page.addInitScript(
			(look) => localStorage.setItem("tidings.look", look),
			JSON.stringify({ language }),
		);
		await page.goto("/chats");
		await page.locator(".list-search input").fill("sofia");
		await expect(page.locator(".lrow mark")).toBeInViewport({ ratio: 1 });
		await page.keyboard.press("Control+k");
		await page.locator("dialog input").fill("sofia");
		await expect(page.locator("dialog mark")).toBeInViewport({ ratio: 1 });
		await expect(page.locator("dialog search button")).toBeInViewport({ ratio: 1 });
		await page.goto("/people");
		await page.locator("search input").fill("sof");
		await expect(page.locator("[data-person] mark")).toBeInViewport({ ratio: 1 });
	}
});
