/** Without a mouse: from nothing to the first message, and the traps of typing. */
import { befriend, expect, PASSWORD, test } from "./fixtures";
import { composer, message, nav, openChat, tabTo, timeline } from "./verbs";

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

	await ann.page.keyboard.press("Enter");
	await expect(message(ann.page, "日本")).toHaveCount(1);
	await expect(composer(ann.page)).toHaveValue("");
});
