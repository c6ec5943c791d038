/** Blocking: from the list and from a chat, said before it is done, and taken back. */
import type { Page } from "@playwright/test";
import { ask, befriend, expect, test } from "./fixtures";
import { composer, message, say } from "./verbs";

/** What says in the list and in the head that somebody is here. */
const dots = (page: Page) => page.locator(".lrow .av__on, .head .av__on");

test("a person is blocked from the chat and freed where it was closed", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await bob.page.goto(`/chats/${chat}`);
	await say(bob, "Buy now");
	const { page } = ann;
	await page.goto(`/chats/${chat}`);
	await expect(message(page, "Buy now")).toBeVisible();

	await page.getByRole("button", { name: "Details" }).first().click();
	await page.getByRole("button", { name: "Block" }).click();
	await expect(dots(page)).toHaveCount(2);
	await expect(dots(bob.page)).toHaveCount(2);
	const dialog = page.getByRole("dialog", { name: "Block Bob?" });
	await dialog.getByRole("button", { name: "Cancel" }).click();
	await expect(composer(page)).toBeVisible();
	await page.getByRole("button", { name: "Block" }).click();
	await dialog.getByRole("button", { name: "Block" }).click();
	await expect(page.getByText("You have blocked Bob. Nobody can write here.")).toBeVisible();
	await expect(message(page, "Buy now")).toBeVisible();
	await expect(composer(bob.page)).toHaveCount(0);
	await expect(dots(page)).toHaveCount(0);
	await expect(dots(bob.page)).toHaveCount(0);

	const details = page.getByRole("dialog", { name: "Details" });
	await expect(details.getByText("Blocked by you")).toBeVisible();
	await expect(details.getByRole("button", { name: "Unblock" })).toBeFocused();
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Unblock" }).press("Enter");
	await expect(page.getByRole("link", { name: "Find Bob" })).toBeFocused();
});

test("a person is freed from the details, and is seen again once they are a friend again", async ({
	person,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	const { account } = await ask(bob, "GET", "/v1/me");
	await bob.page.goto("/");
	const { page } = ann;
	await page.goto(`/chats/${chat}`);
	await expect(dots(page)).toHaveCount(2);
	await ask(ann, "PUT", `/v1/blocks/${account.id}`);
	await expect(dots(page)).toHaveCount(0);

	await page.getByRole("button", { name: "Details" }).first().click();
	const details = page.getByRole("dialog", { name: "Details" });
	await details.getByRole("button", { name: "Unblock" }).click();
	await expect(details.getByText("Blocked by you")).toHaveCount(0);
	await expect(details.getByRole("button", { name: "Block" })).toBeFocused();
	await befriend(ann, bob);
	await expect(dots(page)).toHaveCount(2);
});

test("who asks to be a friend can be blocked, and is found among the blocked", async ({
	person,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	const { page } = ann;
	await page.goto("/people");
	await page.getByRole("button", { name: "More about Bob" }).click();
	await page.getByRole("menuitem", { name: "Block" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Block" }).click();
	const blocked = page.getByRole("region", { name: "Blocked" });
	await blocked.getByRole("button", { name: "Unblock Bob" }).click();
	await expect(blocked).toHaveCount(0);
});
