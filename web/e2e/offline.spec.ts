/** Without a network: said plainly, kept on the device, sent once and in order. */
import type { Page } from "@playwright/test";
import { befriend, expect, test } from "./fixtures";
import { message, nav, openChat, say, sendAll, timeline, words } from "./verbs";

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

test("what was deleted before it left is never sent, though the page went meanwhile", async ({
	person,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	for (const { page } of [ann, bob]) await page.goto("/");
	await openChat(ann, "Bob");
	await openChat(bob, "Ann");
	await say(bob, "Well?");
	const { page, context } = ann;
	await expect(message(page, "Well?")).toBeVisible();
	await context.setOffline(true);
	await expect(page.getByText("You are offline.")).toBeVisible({ timeout: SOON_MS });
	await say(ann, "Hasty");
	await say(ann, "Meant");
	await page.locator(".msg", { hasText: "Well?" }).press("+");
	await page.getByRole("menuitemcheckbox", { name: "👍" }).click();
	// A reaction is no message.
	await expect(page.getByText("2 messages are waiting and will be sent.")).toBeVisible();
	await page.locator(".msg", { hasText: "Hasty" }).click({ button: "right" });
	await page.getByRole("menuitem", { name: "Delete" }).click();
	await page.reload().catch(() => undefined);
	await context.setOffline(false);
	await page.goto(page.url());
	await expect(message(bob.page, "Meant")).toBeVisible();
	for (const one of [ann, bob])
		await expect(timeline(one.page).locator(".msg")).toContainText(["Well?", "Meant"]);
});

/** What of a page's head and foot the banner lies over. */
const covered = (page: Page) =>
	page.locator("h1:visible, h2:visible, .head, .search, .composer, .rail").evaluateAll((all) => {
		const banner = document.querySelector(".banner")?.getBoundingClientRect();
		if (!banner) throw new Error("there is no banner");
		return all
			.filter((one) => {
				const { top, bottom, left, right } = one.getBoundingClientRect();
				const isBeside = left >= banner.right || right <= banner.left;
				return !isBeside && top < banner.bottom && bottom > banner.top;
			})
			.map(({ className }) => className);
	});

for (const width of [1280, 360]) {
	test(`that the network is gone is said over the page, and moves nothing, ${width} px`, async ({
		person,
	}) => {
		const ann = await person("Ann");
		const bob = await person("Bob");
		const chat = await befriend(ann, bob);
		const { page } = ann;
		await page.setViewportSize({ width, height: 740 });
		const bodies = Array.from({ length: 30 }, (_, index) => `line-${index}.`);
		await sendAll(bob, chat, bodies, 1);
		const places = () =>
			page
				.locator("h1:visible, .msg, .lrow, .search, .composer, .prow, .rail a:visible")
				.evaluateAll((all) =>
					all.map((one) => {
						const { x, y, width } = one.getBoundingClientRect();
						return [x, y, width].map(Math.round);
					}),
				);
		for (const path of [`/chats/${chat}`, "/chats", "/people"]) {
			await page.goto(path);
			await expect(page.locator(".msg, .lrow, .prow").last()).toBeVisible();
			const before = await places();
			await ann.context.setOffline(true);
			await expect(page.getByText("You are offline.")).toBeVisible({ timeout: SOON_MS });
			expect(await places(), path).toEqual(before);
			// It hides neither the page's name nor the field to search.
			expect(await covered(page), path).toEqual([]);
			await expect(page.locator(".banner")).toBeInViewport({ ratio: 1 });
			await ann.context.setOffline(false);
			await expect(page.getByText("You are offline.")).toHaveCount(0);
		}
		await page.goto(`/chats/${chat}?at=1`);
		await expect(message(page, "line-0.")).toBeInViewport();
		await page.locator(".timeline").evaluate((frame) => {
			frame.scrollTop = 0;
		});
		await ann.context.setOffline(true);
		await expect(page.getByText("You are offline.")).toBeVisible({ timeout: SOON_MS });
		await page.getByText("This is where it begins.").click({ trial: true });
	});
}

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
