/** Without a mouse: from nothing to the first message, and the traps of typing. */
import { befriend, expect, PASSWORD, test } from "./fixtures";
import { composer, message, nav, openChat, send, tabTo, timeline } from "./verbs";

test("from sign-up to the first message by keyboard alone", async ({ server, visitor, person }) => {
	const bob = await person("Bob");
	const ann = await visitor("Ann");
	const { page } = ann;
	const { keyboard } = page;
	await bob.page.goto("/");

	await page.goto("/");
	await tabTo(page, page.getByRole("link", { name: "Create an account" }));
	await keyboard.press("Enter");
	await tabTo(page, page.getByLabel("E-mail"));
	await keyboard.type(ann.email);
	await tabTo(page, page.getByLabel("Name", { exact: true }));
	await keyboard.type("Ann");
	await tabTo(page, page.getByLabel("Password", { exact: true }));
	await keyboard.type(PASSWORD);
	await keyboard.press("Enter");
	await tabTo(page, page.getByLabel("Code"));
	await keyboard.type((await server.mail(ann.email)).codes[0] ?? "");

	await tabTo(page, nav(page).getByRole("link", { name: "People" }));
	await keyboard.press("Enter");
	await tabTo(page, page.getByLabel("Find people by name or username"));
	await keyboard.type("Bob");
	await tabTo(page, page.getByRole("button", { name: "Add Bob as a friend" }));
	await keyboard.press("Enter");

	await nav(bob.page).getByRole("link", { name: "People" }).click();
	await bob.page.getByRole("button", { name: "Accept Ann" }).click();
	await openChat(bob, "Ann");

	await tabTo(page, page.getByRole("link", { name: "Message Bob" }));
	await keyboard.press("Enter");
	await tabTo(page, composer(page));
	await keyboard.type("Hello Bob");
	await keyboard.press("Enter");
	await expect(message(bob.page, "Hello Bob")).toBeVisible();
});

test("Enter that confirms a composed word does not send it", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	await ann.page.goto("/");
	await openChat(ann, "Bob");
	const keys = await ann.context.newCDPSession(ann.page);

	await composer(ann.page).focus();
	await keys.send("Input.imeSetComposition", {
		text: "にほん",
		selectionStart: 3,
		selectionEnd: 3,
	});
	// As an input method reports it: an Enter that is its own, told by key code 229.
	const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
	await keys.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
	await keys.send("Input.insertText", { text: "日本" });
	await keys.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
	await expect(composer(ann.page)).toHaveValue("日本");
	await expect(timeline(ann.page).getByText("日本")).toHaveCount(0);

	// Nobody presses another key in the turn in which the composition ended.
	await ann.page.evaluate(() => new Promise((next) => setTimeout(next)));
	await ann.page.keyboard.press("Enter");
	await expect(message(ann.page, "日本")).toHaveCount(1);
	await expect(composer(ann.page)).toHaveValue("");
});

test("edit, answer, delete, find, settings and out, by keyboard alone", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await send(bob, chat, "Are you there?");
	const { page } = ann;
	const { keyboard } = page;
	await page.goto("/people");

	// Find the chat by its name; the field has the focus at once.
	await expect(nav(page)).toBeVisible();
	await keyboard.press("Control+k");
	await keyboard.type("bo");
	await keyboard.press("Enter");
	await expect(composer(page)).toBeFocused();
	await keyboard.type("Allmost");
	await keyboard.press("Enter");
	// What is changed before it is sent was never another.
	await expect(page.getByRole("img", { name: "Sent" })).toBeVisible();
	await keyboard.press("ArrowUp");
	await expect(composer(page)).toHaveValue("Allmost");
	await keyboard.press("Control+a");
	await keyboard.type("Almost");
	await keyboard.press("Enter");
	await expect(message(page, "Almost")).toBeVisible();
	await expect(page.getByText("edited", { exact: true })).toBeVisible();

	// To the rows, up to Bob's, answer it.
	await keyboard.press("Shift+F6");
	await expect(page.locator(".msg", { hasText: "Almost" })).toBeFocused();
	await keyboard.press("ArrowUp");
	await keyboard.press("Enter");
	await expect(page.getByRole("menuitem", { name: "Reply" })).toBeFocused();
	await keyboard.press("r");
	await expect(composer(page)).toBeFocused();
	await keyboard.type("Now I am");
	await keyboard.press("Enter");
	await expect(page.locator(".msg", { hasText: "Now I am" }).locator(".quote")).toBeVisible();

	// Delete one's own, and take it back.
	await keyboard.press("Shift+F6");
	await keyboard.press("End");
	await keyboard.press("Enter");
	await keyboard.press("d");
	await expect(timeline(page).getByText("You deleted this message")).toBeVisible();
	await tabTo(page, page.getByRole("button", { name: "Undo" }));
	await keyboard.press("Enter");
	await expect(message(page, "Now I am")).toBeVisible();

	await keyboard.press("Control+,");
	await expect(page.getByRole("heading", { name: "Devices" })).toBeVisible();
	await tabTo(page, page.getByRole("button", { name: "Sign out", exact: true }));
	await keyboard.press("Enter");
	await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Sign out" }));
	await keyboard.press("Enter");
	await expect(page.getByLabel("E-mail or username")).toBeFocused();
});

test("more than the server takes is told before it is sent", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	await ann.page.goto("/");
	await openChat(ann, "Bob");
	const field = composer(ann.page);
	await field.fill("x".repeat(4097));
	await expect(ann.page.getByText("1 character too long")).toBeVisible();
	await field.press("Enter");
	await expect(field).toHaveValue(/^x{4097}$/);
	await field.press("Backspace");
	await field.press("Enter");
	await expect(field).toHaveValue("");
	await expect(ann.page.getByRole("img", { name: /^(Sent|Delivered)$/ })).toBeVisible();
	await expect(ann.page.getByText("Not sent.")).toHaveCount(0);
});

test("shortcuts stand on their keys whatever script these write", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	const keys = await ann.context.newCDPSession(page);
	const press = async (key: string, code: string, modifiers: number) => {
		const windowsVirtualKeyCode = key.toUpperCase().charCodeAt(0);
		const one = { key, code, modifiers, windowsVirtualKeyCode };
		await keys.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...one });
		await keys.send("Input.dispatchKeyEvent", { type: "keyUp", ...one });
	};
	const [ctrl, shift] = [2, 8];

	// Ukrainian.
	await press("л", "KeyK", ctrl);
	await expect(page.getByRole("combobox", { name: "Go to a chat" })).toBeFocused();
	await page.keyboard.press("Escape");
	await composer(page).fill("harbour");
	await composer(page).press("Control+a");
	await press("и", "KeyB", ctrl);
	await expect(composer(page)).toHaveValue("**harbour**");
	await composer(page).press("Enter");
	await expect(page.getByRole("img", { name: /^(Sent|Delivered)$/ })).toBeVisible();
	await page.locator(".msg").last().press("Enter");
	await press("к", "KeyR", 0);
	await expect(page.getByText("Replying to yourself")).toBeVisible();
	// German, where the slash is above the seven.
	await press("/", "Digit7", ctrl | shift);
	await expect(page.getByRole("dialog", { name: "Shortcuts" })).toBeVisible();
	await page.keyboard.press("Escape");
	// Arabic.
	await press("و", "Comma", ctrl);
	await expect(page.getByRole("heading", { name: "Devices" })).toBeVisible();
});
