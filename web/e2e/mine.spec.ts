/** What of a chat is one's own: on every device of an account, and on no other. */
import type { Locator, Page } from "@playwright/test";
import { expectNoFaults } from "./faults";
import { ask, befriend, expect, PASSWORD, type Person, test } from "./fixtures";
import { composer, send, sendAll } from "./verbs";

const list = (page: Page) => page.getByRole("region", { name: "Chats" });
const row = (page: Page, name: string) => list(page).getByRole("link", { name });
const names = (page: Page) => list(page).locator(".lrow__name").allTextContents();
const item = (page: Page, name: string) => page.getByRole("menuitem", { name, exact: true });

async function choose(page: Page, name: string, ...items: string[]): Promise<void> {
	await row(page, name).click({ button: "right" });
	for (const one of items) await item(page, one).click();
	await expect(page.getByRole("menu")).toHaveCount(0);
}

/** Ann on two devices, with chats with Bob, Cleo and Dan; Dan's is the newest. */
async function meet(person: (name: string) => Promise<Person>, visitor: typeof person) {
	const ann = await person("Ann");
	const friends = [];
	for (const name of ["Bob", "Cleo", "Dan"]) {
		const friend = await person(name);
		friends.push({ friend, chat: await befriend(ann, friend) });
	}
	const phone = await visitor("Ann");
	await ask(phone, "POST", "/v1/login", { email: ann.email, password: PASSWORD });
	for (const { page } of [ann, phone]) {
		await page.goto("/chats");
		await expect(row(page, "Dan")).toBeVisible();
	}
	const [bob, cleo, dan] = friends as [Friend, Friend, Friend];
	return { ann, phone, bob, cleo, dan };
}

type Friend = { friend: Person; chat: string };

test("a chat is pinned, muted and marked on one device and so on the other", async ({
	person,
	visitor,
}) => {
	const { ann, phone, bob, cleo } = await meet(person, visitor);
	await choose(ann.page, "Bob", "Pin");
	await expect(ann.page.getByText("Bob is pinned")).toBeAttached();
	for (const { page } of [ann, phone]) {
		await expect.poll(() => names(page)).toEqual(["Bob", "Dan", "Cleo"]);
		await expect(row(page, "Bob")).toContainText("Pinned");
	}
	// The focus stays with the row wherever it went.
	await expect(row(ann.page, "Bob")).toBeFocused();

	await choose(ann.page, "Cleo", "Mute", "8 hours");
	await expect(row(phone.page, "Cleo")).toContainText("Muted");
	await send(cleo.friend, cleo.chat, "quietly");
	await expect(row(phone.page, "Cleo")).toContainText("1 unread");
	await expect(phone.page).toHaveTitle("Tidings");
	await send(bob.friend, bob.chat, "aloud");
	await expect(phone.page).toHaveTitle(/1/);
	await choose(phone.page, "Cleo", "Unmute");
	await expect(ann.page).toHaveTitle(/2/);

	await choose(ann.page, "Dan", "Mark as unread");
	await expect(row(phone.page, "Dan")).toContainText("Marked as unread");
	await row(phone.page, "Dan").click();
	await expect(row(ann.page, "Dan")).not.toContainText("Marked as unread");

	// Nobody else learns of any of it.
	const { chat } = await ask(bob.friend, "GET", `/v1/chats/${bob.chat}`);
	expect(chat.mine).toMatchObject({ version: 0, pinned: false });
});

test("an archived chat is put away, found, kept there by a message, and brought back", async ({
	person,
	visitor,
}) => {
	const { ann, phone, bob } = await meet(person, visitor);
	const { page } = ann;
	await choose(page, "Bob", "Archive");
	for (const device of [page, phone.page])
		await expect.poll(() => names(device)).toEqual(["Dan", "Cleo"]);
	const away = page.getByRole("button", { name: /^Archived/ });
	await expect(row(page, "Cleo")).toBeFocused();
	await send(bob.friend, bob.chat, "Where are you?");
	await expect(away).toContainText("1 unread chat");
	await expect(page).toHaveTitle("Tidings");

	await list(page).getByRole("textbox", { name: "Search" }).fill("bo");
	await expect(row(page, "Bob")).toContainText("Archived");
	await list(page).getByRole("textbox", { name: "Search" }).press("Escape");

	await expectNoFaults(page);
	await away.click();
	await expect.poll(() => names(page)).toEqual(["Bob"]);
	await expect(page.getByText("They stay here when something new comes")).toBeVisible();
	await expectNoFaults(page);
	await page.keyboard.press("Escape");
	await expect(away).toBeFocused();
	await page.keyboard.press("Enter");
	await row(page, "Bob").click();
	// The archive stays beside the chat that was opened from it, and Back leads out.
	await expect(page.getByText("Where are you?").last()).toBeVisible();
	await expect.poll(() => names(page)).toEqual(["Bob"]);
	await page.goBack();
	await page.goBack();
	await expect.poll(() => names(page)).toEqual(["Dan", "Cleo"]);

	await away.click();
	await choose(page, "Bob", "Unarchive");
	await expect(page.getByText("Nothing is archived")).toBeVisible();
	await page.getByRole("button", { name: "Undo" }).last().click();
	await expect(row(page, "Bob")).toBeVisible();
	await choose(page, "Bob", "Unarchive");
	await expect.poll(() => names(phone.page)).toEqual(["Bob", "Dan", "Cleo"]);
	// No row is left for the focus; it stays with the list, and goes back with it.
	await expect(page.getByRole("heading", { name: "Archived", exact: true })).toBeFocused();
	await page.keyboard.press("Escape");
	await expect(page.getByRole("heading", { name: "Chats", exact: true })).toBeFocused();
});

test("a deleted chat is gone on each of one's devices, and comes back without what was in it", async ({
	person,
	visitor,
}) => {
	const { ann, phone, bob, cleo } = await meet(person, visitor);
	const { page } = ann;
	await send(bob.friend, bob.chat, "Forget this");
	await send(cleo.friend, cleo.chat, "And this");
	for (const device of [page, phone.page])
		await expect.poll(() => names(device)).toEqual(["Cleo", "Bob", "Dan"]);
	await row(page, "Bob").focus();
	await page.keyboard.press("Shift+F10");
	await page.keyboard.press("d");
	const dialog = page.getByRole("dialog", { name: "Delete this chat for you?" });
	await expect(dialog).toContainText("Bob keeps theirs.");
	await expectNoFaults(page);
	await page.keyboard.press("Escape");
	await expect(row(page, "Bob")).toBeFocused();
	await choose(page, "Bob", "Delete chat…");
	await dialog.getByRole("button", { name: "Delete" }).press("Enter");
	await expect(row(page, "Dan")).toBeFocused();
	await expect(page.getByText("The chat with Bob is deleted").first()).toBeVisible();
	for (const device of [page, phone.page])
		await expect.poll(() => names(device)).toEqual(["Cleo", "Dan"]);
	await expect(page).toHaveTitle(/1/);
	const { chat } = await ask(bob.friend, "GET", `/v1/chats/${bob.chat}`);
	expect(chat.members.map((member: { read_seq: number }) => member.read_seq).sort()).toEqual([
		0, 1,
	]);

	// From the details, of the chat that is open.
	await row(page, "Cleo").click();
	await expect(page.getByRole("log").getByText("And this")).toBeVisible();
	const within = page.locator(".pane--details, dialog[open]");
	if (!(await within.isVisible()))
		await page.getByRole("button", { name: "Details" }).last().click();
	await row(phone.page, "Cleo").click();
	await composer(phone.page).fill("Half a thought");
	await within.getByRole("button", { name: "Delete chat…" }).click();
	await dialog.getByRole("button", { name: "Delete" }).click();
	await expect(row(page, "Dan")).toBeFocused();
	for (const device of [page, phone.page]) {
		// Open on another device it closes there too, and its draft is gone.
		await expect(device).toHaveURL(/\/chats$/);
		await expect.poll(() => names(device)).toEqual(["Dan"]);
		await expect(device.getByText("The chat with Cleo is deleted").first()).toBeVisible();
		// No step leads back into it.
		await device.goBack();
		await expect(device.getByRole("textbox", { name: "Message Cleo" })).toHaveCount(0);
	}

	await page.goto("/people");
	await page.getByRole("link", { name: "Message Bob" }).click();
	await expect(page.getByRole("textbox", { name: "Message Bob" })).toBeVisible();
	await send(bob.friend, bob.chat, "Something new");
	await expect(page.getByRole("log").getByText("Something new")).toBeVisible();
	// Its details count what is seen, and a deletion elsewhere closes no chat with something newer.
	if (!(await within.isVisible()))
		await page.getByRole("button", { name: "Details" }).last().click();
	await expect(within.locator(".line", { hasText: "Messages" })).toHaveText("Messages1");
	await expect(within.locator(".line", { hasText: "They have read" })).toContainText("everything");
	await ask(ann, "PATCH", `/v1/chats/${bob.chat}/mine`, { hidden_upto_seq: 1 });
	await expect(page.getByRole("log").getByText("Something new")).toBeVisible();
	await page.keyboard.press("Escape");
	for (const device of [page, phone.page])
		await expect.poll(() => names(device)).toEqual(["Bob", "Dan"]);
	await page.reload();
	await row(phone.page, "Bob").click();
	for (const device of [page, phone.page]) {
		await expect(device.getByRole("log").getByText("Something new")).toBeVisible();
		await expect(device.getByText("Forget this")).toHaveCount(0);
	}
});

test("the details count what one has not deleted, though its beginning is not there yet", async ({
	person,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await sendAll(
		ann,
		chat,
		Array.from({ length: 70 }, (_, index) => `row-${index}.`),
	);
	await ask(bob, "PUT", `/v1/chats/${chat}/read`, { seq: 15 });
	await ask(ann, "PATCH", `/v1/chats/${chat}/mine`, { hidden_upto_seq: 10 });
	await ann.page.goto(`/chats/${chat}`);
	await expect(ann.page.getByRole("log").locator(".msg").last()).toBeVisible();
	await ann.page.getByRole("button", { name: "Details" }).last().click();
	const fact = (name: string) => ann.page.locator(".line", { hasText: name });
	await expect(fact("Messages")).toHaveText("Messages60");
	await expect(fact("They have read")).toContainText("all but 55");
});

test("what is chosen without a network is told when there is one", async ({ person, visitor }) => {
	const { ann, phone } = await meet(person, visitor);
	await ann.context.setOffline(true);
	await choose(ann.page, "Bob", "Pin");
	await expect.poll(() => names(ann.page)).toEqual(["Bob", "Dan", "Cleo"]);
	expect(await names(phone.page)).toEqual(["Dan", "Cleo", "Bob"]);
	await ann.context.setOffline(false);
	await expect.poll(() => names(phone.page), { timeout: 20_000 }).toEqual(["Bob", "Dan", "Cleo"]);
});

test("a mute that has run out is noticed at once", async ({ person, visitor }) => {
	const { ann, cleo } = await meet(person, visitor);
	const { page } = ann;
	await page.clock.install();
	await page.goto("/chats");
	await choose(page, "Cleo", "Mute", "1 hour");
	await send(cleo.friend, cleo.chat, "quietly");
	await expect(row(page, "Cleo")).toContainText("1 unread");
	await page.clock.fastForward(3_590_000);
	await expect(row(page, "Cleo")).toContainText("Muted");
	await page.clock.runFor(11_000);
	await expect(row(page, "Cleo")).not.toContainText("Muted");
	await expect(page).toHaveTitle(/1/);
});

test("it is all there by keyboard, in the list and in the details", async ({ person, visitor }) => {
	const { ann } = await meet(person, visitor);
	const { page } = ann;
	const expectItem = (name: string) => expect(item(page, name)).toBeFocused();
	await row(page, "Bob").focus();
	await page.keyboard.press("Shift+F10");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("ArrowDown");
	await expectItem("Mute");
	await page.keyboard.press("ArrowRight");
	await expectItem("1 hour");
	await expectNoFaults(page);
	await page.keyboard.press("ArrowLeft");
	await expectItem("Open");
	await page.keyboard.press("m");
	await page.keyboard.press("End");
	await expectItem("Until I turn it back on");
	await page.keyboard.press("Enter");
	await expect(row(page, "Bob")).toBeFocused();
	await expect(row(page, "Bob")).toContainText("Muted");

	await page.keyboard.press("Enter");
	const details: Locator = page.getByRole("complementary", { name: "Bob" });
	if (!(await details.isVisible()))
		await page.getByRole("button", { name: "Details" }).last().click();
	const within = page.locator(".pane--details, dialog[open]");
	await expect(within.getByText("Off", { exact: true })).toBeVisible();
	await expectNoFaults(page);
	await within.getByRole("button", { name: "Unmute" }).press("Enter");
	await expect(within.getByText("On", { exact: true })).toBeVisible();
	await within.getByRole("button", { name: "Pin" }).press("Enter");
	await expect(within.getByRole("button", { name: "Unpin" })).toBeFocused();
});

test.describe("on a phone", () => {
	test("Back leads from an archived chat to the archive, and from there to the list", async ({
		person,
		visitor,
	}) => {
		const { ann, bob } = await meet(person, visitor);
		const { page } = ann;
		await ask(ann, "PATCH", `/v1/chats/${bob.chat}/mine`, { archived: true });
		await page.setViewportSize({ width: 360, height: 740 });
		const shown = () => page.locator(".lrow__name").allTextContents();
		await page.getByRole("button", { name: /^Archived/ }).click();
		await page.getByRole("link", { name: "Bob" }).click();
		await expect(page.getByRole("textbox", { name: "Message Bob" })).toBeVisible();
		await page.getByRole("button", { name: "Back" }).click();
		await expect.poll(shown).toEqual(["Bob"]);
		await page.getByRole("button", { name: "Back to all chats" }).click();
		await expect.poll(shown).toEqual(["Dan", "Cleo"]);
	});
});
