/** People: what was answered by a slip of the hand can be taken back, and the keyboard stays in its place. */
import type { Page } from "@playwright/test";
import { ask, befriend, expect, type Person, test } from "./fixtures";
import { composer, signUp } from "./verbs";

async function asks(one: Person, other: Person): Promise<void> {
	const { account } = await ask(other, "GET", "/v1/me");
	await ask(one, "PUT", `/v1/friends/${account.id}`);
}

const requests = async (person: Person): Promise<number> =>
	(await ask(person, "GET", "/v1/friends/requests")).incoming.length;

const hasLostFocus = (page: Page) => page.evaluate(() => document.activeElement === document.body);

test("a declined request is taken back by keyboard, and declined once that time is over", async ({
	person,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await asks(ann, bob);
	const { page } = bob;
	await page.clock.install();
	await page.goto("/people");
	const decline = page.getByRole("button", { name: "Decline Ann" });
	await expect(page.getByRole("link", { name: "People 1 request" })).toBeVisible();
	await decline.press("Enter");
	await expect(decline).toHaveCount(0);
	await expect(page.getByRole("link", { name: "People", exact: true })).toBeVisible();
	expect(await hasLostFocus(page)).toBe(false);
	await page.keyboard.press("F6");
	await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
	await page.keyboard.press("Enter");
	await expect(decline).toBeVisible();
	expect(await hasLostFocus(page)).toBe(false);
	await page.clock.runFor(7_000);
	expect(await requests(bob)).toBe(1);

	await decline.press("Enter");
	const answered = page.waitForResponse((answer) => answer.request().method() === "DELETE");
	await page.clock.runFor(7_000);
	await answered;
	expect(await requests(bob)).toBe(0);
	await expect(decline).toHaveCount(0);
});

test("a request that is declined as the page goes is declined", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await asks(ann, bob);
	const { page } = bob;
	await page.goto("/people?q=Ann");
	await page.getByRole("button", { name: "Decline Ann" }).click();
	await expect(page.getByRole("button", { name: "Undo" }).first()).toBeFocused();
	await page.goto("about:blank");
	await expect.poll(() => requests(bob)).toBe(0);
});

for (const width of [1440, 1280]) {
	test(`the focus stays in the details when a friendship ends there, ${width} px`, async ({
		person,
	}) => {
		const ann = await person("Ann");
		const bob = await person("Bob");
		const chat = await befriend(ann, bob);
		const { page } = ann;
		await page.setViewportSize({ width, height: 800 });
		await page.goto(`/chats/${chat}`);
		// Where there is room for them they are open.
		if (width < 1360) await page.getByRole("button", { name: "Details" }).first().click();
		const end = async (label: string) => {
			await page.getByRole("button", { name: label }).press("Enter");
			await page.getByRole("dialog").last().getByRole("button", { name: label }).press("Enter");
		};
		await end("Remove friend");
		await expect(page.locator("h2:focus")).toHaveText("Details");
		await end("Block");
		await expect(page.getByRole("dialog", { name: "Block Bob?" })).toHaveCount(0);
		await expect(page.locator(":focus")).toHaveText("Unblock");
	});
}

test("details that are opened long after the sign-up meet no refusal", async ({
	visitor,
	person,
	server,
}) => {
	const ann = await visitor("Ann");
	const bob = await person("Bob");
	const { page } = ann;
	const refused: string[] = [];
	page.on("response", (answer) => {
		if (answer.status() === 401) refused.push(answer.url());
	});
	await page.clock.install();
	await signUp(ann, server);
	const chat = await befriend(ann, bob);
	await page.getByRole("link", { name: "Bob" }).first().click();
	await expect(composer(page)).toBeVisible();
	expect(page.url()).toContain(chat);
	refused.length = 0;
	// The server's clock goes on as ever, so the token is taken away as its own end would.
	await ann.context.clearCookies({ name: /access/ });
	await page.clock.setSystemTime(Date.now() + 16 * 60_000);
	const renewed = page.waitForResponse("**/v1/login/refresh");
	const shown = page.waitForResponse("**/v1/people/*");
	await page.getByRole("button", { name: "Details" }).first().click();
	expect((await renewed).status()).toBe(200);
	expect((await shown).status()).toBe(200);
	expect(refused).toEqual([]);
});
