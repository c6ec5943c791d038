/** Two tabs of one person: one leads, both tell the same, nobody is told twice. */
import type { Page } from "@playwright/test";
import { befriend, expect, PASSWORD, type Person, test } from "./fixtures";
import { message, openChat, say, send, words } from "./verbs";

/** Looks away from every page and writes down what the system would have shown. */
async function hearNotifications(person: Person): Promise<{ tag: string; title: string }[]> {
	const heard: { tag: string; title: string }[] = [];
	await person.context.exposeFunction("hearNotification", (title: string, tag: string) => {
		heard.push({ title, tag });
	});
	await person.context.addInitScript(() => {
		localStorage.setItem("tidings.look", JSON.stringify({ hasNotifications: true }));
		document.hasFocus = () => false;
		class Heard extends EventTarget {
			static readonly permission = "granted";
			onclose = null;
			onclick = null;
			constructor(title: string, options: { tag: string }) {
				super();
				Reflect.get(window, "hearNotification")(title, options.tag);
			}
			close() {}
		}
		Reflect.set(window, "Notification", Heard);
	});
	return heard;
}

async function openIn(page: Page, chat: string): Promise<void> {
	await page.goto(`/chats/${chat}`);
	await expect(page.getByRole("textbox", { name: /^Message / })).toBeVisible();
}

test("two tabs show the same and notify once", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	const heard = await hearNotifications(ann);
	const second = await ann.context.newPage();
	await openIn(ann.page, chat);
	await openIn(second, chat);
	const tell = (body: string) => send(bob, chat, body);

	await tell("Are you there?");
	for (const page of [ann.page, second])
		await expect(message(page, "Are you there?")).toHaveCount(1);
	await expect.poll(() => heard.length).toBe(1);

	// The one that led is closed: the other leads at once, and still only one tells.
	await ann.page.close();
	const third = await ann.context.newPage();
	await openIn(third, chat);
	await tell("Hello?");
	for (const page of [second, third]) await expect(message(page, "Hello?")).toHaveCount(1);
	await expect.poll(() => heard.length).toBe(2);
	await tell("The last one.");
	for (const page of [second, third]) await expect(message(page, "The last one.")).toHaveCount(1);
	await expect.poll(() => heard.length).toBe(3);
	expect(heard.every(({ title }) => title.includes("Bob"))).toBe(true);
});

test("what two tabs write arrives once, and both hold it in the same order", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	const second: Person = { ...ann, page: await ann.context.newPage() };
	await second.page.goto("/");
	await openChat(second, "Bob");
	await bob.page.goto("/");
	await openChat(bob, "Ann");

	await ann.context.setOffline(true);
	for (let round = 0; round < 5; round++) {
		await say(ann, `one-${round}.`);
		await say(second, `two-${round}.`);
	}
	await ann.context.setOffline(false);
	const word = /(?:one|two)-\d\./g;
	await expect.poll(() => words(bob.page, word), { timeout: 45_000 }).toHaveLength(10);
	const stored = await words(bob.page, word);
	expect(new Set(stored).size).toBe(10);
	for (const tab of ["one", "two"]) {
		const own = stored.filter((text) => text.startsWith(tab));
		expect(own).toEqual([0, 1, 2, 3, 4].map((round) => `${tab}-${round}.`));
	}
	for (const tab of [page, second.page]) await expect.poll(() => words(tab, word)).toEqual(stored);
});

test("a language that is chosen in one tab is spoken in the other", async ({ person }) => {
	const ann = await person("Ann");
	const { page } = ann;
	await page.goto("/people");
	await expect(page.getByRole("heading", { name: "People", level: 1 })).toBeVisible();
	const second = await ann.context.newPage();
	await second.goto("/settings");
	const choice = second.getByRole("combobox", { name: "Language" });
	await choice.selectOption("ar");
	for (const tab of [page, second]) {
		await expect(tab.locator("html")).toHaveAttribute("lang", "ar");
		await expect(tab.locator("html")).toHaveAttribute("dir", "rtl");
	}
	await expect(page.getByRole("heading", { name: "الأشخاص", level: 1 })).toBeVisible();
	await second.getByRole("combobox", { name: "اللغة" }).selectOption("en");
	await expect(page.locator("html")).toHaveAttribute("dir", "ltr");
	await expect(page.getByRole("heading", { name: "People", level: 1 })).toBeVisible();
});

test("a tab that is signed out by another says so", async ({ person }) => {
	const ann = await person("Ann");
	const chat = await befriend(ann, await person("Bob"));
	const { page } = ann;
	await openIn(page, chat);
	await page.getByRole("textbox", { name: /^Message / }).fill("Half a sent");
	const second = await ann.context.newPage();
	await second.goto("/settings");
	await second.getByRole("button", { name: "Sign out", exact: true }).click();
	await second.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
	await expect(second.getByLabel("E-mail or username")).toBeVisible();
	await expect(
		page.getByRole("heading", { name: "You signed out in another tab", level: 1 }),
	).toBeVisible();
	await page.getByRole("link", { name: "Sign in" }).click();
	await page.getByLabel("E-mail or username").fill(ann.email);
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	// Where one was when it happened.
	await expect(page.getByRole("textbox", { name: "Message Bob" })).toHaveValue("");
});

test("a draft outlives a server that starts anew, and follows to the other tab", async ({
	person,
	server,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	const field = page.getByRole("textbox", { name: /^Message / });
	await field.pressSequentially("Half of this is ");
	await server.kill();
	await field.pressSequentially("written while nobody listens, ");
	await server.start();
	await field.pressSequentially("half after.");
	const whole = "Half of this is written while nobody listens, half after.";
	await expect(field).toHaveValue(whole);
	await expect(field).toBeFocused();
	const second: Person = { ...ann, page: await ann.context.newPage() };
	await second.page.goto("/");
	await openChat(second, "Bob");
	await expect(second.page.getByRole("textbox", { name: /^Message / })).toHaveValue(whole);
	await field.press("Enter");
	await expect(page.getByRole("img", { name: "Sent" })).toBeVisible({ timeout: 45_000 });
	await expect(message(page, whole)).toHaveCount(1);
	await expect(second.page.getByRole("textbox", { name: /^Message / })).toHaveValue("");
});
