/** Forwarding: the words of one message or of several go to other chats, by hand and by keyboard. */
import { ask, befriend, expect, test } from "./fixtures";
import { writeRows } from "./rows";
import { composer, message, openChat, sendAll, timeline, words } from "./verbs";

test("a message is forwarded by keyboard, and the notice leads after it", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const cleo = await person("Cleo");
	const chat = await befriend(ann, bob);
	const other = await befriend(ann, cleo);
	await sendAll(bob, chat, ["The **ferry** leaves at seven"]);
	const { page } = ann;
	await page.goto(`/chats/${other}`);
	await composer(page).fill("half a thought");
	await openChat(ann, "Bob");
	await page.locator(".msg", { hasText: "ferry" }).focus();
	await page.keyboard.press("Enter");
	await page.keyboard.press("f");
	const dialog = page.getByRole("dialog", { name: "Forward to" });
	await expect(dialog.getByRole("combobox")).toBeFocused();
	await expect(dialog.getByRole("button", { name: "Send" })).toBeDisabled();
	await page.keyboard.type("cle");
	await page.keyboard.press("Enter");
	await expect(dialog.getByRole("option", { name: "Cleo", selected: true })).toBeVisible();
	await page.keyboard.press("Control+Enter");
	await expect(dialog).toHaveCount(0);
	await expect(page.locator(".msg", { hasText: "ferry" })).toBeFocused();
	await page.keyboard.press("F6");
	await expect(page.getByText("Forwarded to Cleo")).toBeVisible();
	await page.getByRole("button", { name: "Show" }).press("Enter");
	await expect(composer(page)).toHaveAccessibleName("Message Cleo");
	// What was being written there is still there, and the words kept their look.
	await expect(composer(page)).toHaveValue("half a thought");
	await expect(timeline(page).locator("strong")).toHaveText("ferry");
	const { messages } = await ask(cleo, "GET", `/v1/chats/${other}/messages`);
	expect(messages.map(({ body }: { body: string }) => body)).toEqual([
		"The **ferry** leaves at seven",
	]);
});

test("several messages are forwarded to several chats, in their order", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	const others = [];
	for (const name of ["Cleo", "Dan"]) {
		const friend = await person(name);
		others.push({ friend, chat: await befriend(ann, friend) });
	}
	const closed = await person("Eve");
	await befriend(ann, closed);
	const { account } = await ask(closed, "GET", "/v1/me");
	await ask(ann, "DELETE", `/v1/friends/${account.id}`);
	await sendAll(bob, chat, ["part-1.", "part-2.", "part-3."], 1);
	const { page } = ann;
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto(`/chats/${chat}`);
	await page.locator(".msg", { hasText: "part-3." }).press("Space");
	for (const text of ["part-1.", "part-2."]) await message(page, text).click();
	await page.getByRole("button", { name: "Forward" }).click();
	const dialog = page.getByRole("dialog", { name: "Forward to" });
	// Where nobody can write nothing can be sent.
	await expect(dialog.getByRole("option")).toHaveText([/Bob/, /Dan|Cleo/, /Cleo|Dan/]);
	await page.keyboard.press("Escape");
	await expect(page.getByText("3 selected")).toBeVisible();
	await page.getByRole("button", { name: "Forward" }).click();
	for (const name of ["Cleo", "Dan"]) await dialog.getByRole("option", { name }).click();
	await dialog.getByRole("button", { name: "Send to 2 chats" }).click();
	await expect(page.getByText("Forwarded to 2 chats")).toBeVisible();
	await expect(composer(page)).toBeVisible();
	expect(await page.evaluate(() => document.activeElement === document.body)).toBe(false);
	for (const { friend, chat: theirs } of others) {
		await friend.page.goto(`/chats/${theirs}`);
		const read = () => words(friend.page, /part-\d\./g);
		await expect.poll(read).toEqual(["part-1.", "part-2.", "part-3."]);
	}
	await expect(timeline(page).locator(".msg")).toHaveCount(3);
});

test("what is forwarded into the open chat is shown to whoever reads further up", async ({
	person,
}) => {
	const ann = await person("Ann");
	const chat = await befriend(ann, await person("Bob"));
	await writeRows(ann, chat, 1, 40);
	const { page } = ann;
	await page.goto(`/chats/${chat}`);
	await expect(message(page, "row-40.")).toBeInViewport();
	async function forward(text: string) {
		await message(page, text).click({ button: "right" });
		await page.getByRole("menuitem", { name: "Forward" }).click();
		const dialog = page.getByRole("dialog", { name: "Forward to" });
		await dialog.getByRole("option", { name: "Bob" }).click();
		await dialog.getByRole("button", { name: "Send" }).click();
		await expect(page.getByText("Forwarded to Bob").last()).toBeVisible();
	}
	await forward("row-40.");
	await expect(page.getByRole("button", { name: "Show" })).toHaveCount(0);
	await expect(message(page, "row-40.").last()).toBeInViewport();
	await page.locator(".timeline").evaluate((frame) => {
		frame.scrollTop = 0;
	});
	await message(page, "row-22.").scrollIntoViewIfNeeded();
	await forward("row-22.");
	await expect(message(page, "row-22.").first()).toBeInViewport();
	await page.getByRole("button", { name: "Show" }).click();
	await expect(message(page, "row-22.").last()).toBeInViewport();
	await expect(page.locator(".msg").last()).toContainText("row-22.");
});
