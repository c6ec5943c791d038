/** People: what was answered by a slip of the hand can be taken back, and the keyboard stays in its place. */
import type { Page } from "@playwright/test";
import { ask, expect, type Person, test } from "./fixtures";

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
