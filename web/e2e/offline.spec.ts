/** Without a network: said plainly, kept on the device, sent once and in order. */
import { befriend, expect, test } from "./fixtures";
import { nav, openChat, say, words } from "./verbs";

/** Less than a call waits for its answer: the device's own word has been taken. */
const SOON_MS = 8_000;

test("twenty messages written in a minute offline arrive once and in order", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	await ann.page.clock.install();
	await ann.page.goto("/");
	await bob.page.goto("/");
	await openChat(ann, "Bob");
	await openChat(bob, "Ann");

	await ann.context.setOffline(true);
	await expect(ann.page.getByText("You are offline.")).toBeVisible({ timeout: SOON_MS });
	// Nothing is known of Bob by now, so nothing stands below his name.
	await expect(ann.page.locator(".head__sub")).toHaveCount(0);
	const written = Array.from({ length: 20 }, (_, index) => `kept-${index}.`);
	for (const text of written.slice(0, 10)) await say(ann, text);
	await ann.page.clock.runFor(60_000);
	for (const text of written.slice(10)) await say(ann, text);
	await expect(ann.page.getByText("20 messages are waiting and will be sent.")).toBeVisible();
	expect(await words(ann.page, /kept-\d+\./g)).toEqual(written);
	expect(await words(bob.page, /kept-\d+\./g)).toEqual([]);

	await ann.context.setOffline(false);
	await expect.poll(() => words(bob.page, /kept-\d+\./g), { timeout: 45_000 }).toEqual(written);
	await expect.poll(() => words(ann.page, /kept-\d+\./g)).toEqual(written);
	await expect(ann.page.getByText("You are offline.")).toHaveCount(0);
	await expect(ann.page.locator("[aria-live]", { hasText: "Back online" })).toHaveCount(1);
});

test("what waits to be sent survives a reload", async ({ server, person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	await ann.page.goto("/");
	await bob.page.goto("/");
	await openChat(ann, "Bob");
	await openChat(bob, "Ann");

	await server.kill();
	await say(ann, "kept-0.");
	await expect(ann.page.getByRole("img", { name: "Sending" })).toBeVisible();
	await expect(ann.page.locator(".banner")).toContainText(
		/Connecting again in 0:\d\d\. 1 message is waiting and will be sent\./,
	);
	await server.start();
	await ann.page.reload();
	await expect.poll(() => words(bob.page, /kept-\d+\./g), { timeout: 45_000 }).toEqual(["kept-0."]);
});

test("signing out without a network is done here at once, and told later", async ({
	person,
	server,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	await say(ann, "Not for the next one here");
	await expect(page.getByRole("img", { name: "Sent" })).toBeVisible();
	await nav(page).getByRole("link", { name: "Settings" }).click();
	await server.kill();
	await ann.context.setOffline(true);
	await page.getByRole("button", { name: "Sign out", exact: true }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
	const untold = page.getByText("You are signed out here, and nothing is kept on this device.");
	await expect(untold).toBeVisible({ timeout: SOON_MS });
	const kept = await page.evaluate(async () => ({
		databases: (await indexedDB.databases()).map(({ name }) => name),
		account: localStorage.getItem("tidings.account"),
	}));
	expect(kept).toEqual({ databases: [], account: null });

	await server.start();
	await ann.context.setOffline(false);
	await expect(untold).toHaveCount(0, { timeout: 45_000 });
	await page.goto("/chats");
	await expect(page.getByLabel("E-mail or username")).toBeVisible();
	const answer = await ann.context.request.get("/v1/me");
	expect(answer.status()).toBe(401);
});
