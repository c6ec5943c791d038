/** As an installed app: opens without a network, and takes a new build only when asked. */
import type { Page } from "@playwright/test";
import { befriend, expect, type Person, test } from "./fixtures";
import { composer, message, openChat, say } from "./verbs";

/** Opens the page and waits until it is kept on this device and the worker answers for it. */
async function settleIn(person: Person): Promise<void> {
	const { page } = person;
	await page.goto("/");
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
	await page.reload();
	await expect
		.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null))
		.toBe(true);
}

function keptPaths(page: Page): Promise<string[]> {
	return page.evaluate(async () => {
		const names = await caches.keys();
		const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
		return kept.flat().map(({ url }) => new URL(url).pathname);
	});
}

test("a browser may install it", async ({ visitor }) => {
	const { page, context } = await visitor("Ann");
	await page.goto("/");
	const devtools = await context.newCDPSession(page);
	const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
	const faults = installabilityErrors.map(({ errorId }) => errorId);
	// A test's window is a private one, where nothing may be installed.
	expect(faults.filter((fault) => fault !== "in-incognito")).toEqual([]);
	const { errors, data } = await devtools.send("Page.getAppManifest");
	expect(errors).toEqual([]);
	const { icons } = JSON.parse(data ?? "{}") as { icons: { src: string; sizes: string }[] };
	for (const { src, sizes } of icons.filter(({ sizes }) => sizes !== "any")) {
		const size = await page.evaluate(async (path) => {
			const picture = await createImageBitmap(await (await fetch(path)).blob());
			return `${picture.width}x${picture.height}`;
		}, src);
		expect(size, src).toBe(sizes);
	}
});

test("it opens without a network, to the chats as they were", async ({ person, server }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	await settleIn(ann);
	await openChat(ann, "Bob");
	await say(ann, "Kept for the train");
	await expect(ann.page.getByRole("img", { name: "Sent" })).toBeVisible();
	// Leaving the page writes down what it shows.
	await ann.page.goto("/settings");
	await server.kill();
	await ann.context.setOffline(true);

	await ann.page.goto("/");
	await openChat(ann, "Bob");
	await expect(message(ann.page, "Kept for the train")).toBeVisible();
	await expect(ann.page.getByText("You are offline.")).toBeVisible();
	await say(ann, "Written in the tunnel");
	await server.start();
	await ann.context.setOffline(false);
	await bob.page.goto("/");
	await openChat(bob, "Ann");
	await expect(message(bob.page, "Written in the tunnel")).toHaveCount(1);
});

test("what it keeps is the page alone", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	await settleIn(ann);
	await openChat(ann, "Bob");
	await say(ann, "Not for the cache");
	await expect(ann.page.getByRole("img", { name: "Sent" })).toBeVisible();
	const paths = await keptPaths(ann.page);
	expect(paths).toContain("/index.html");
	expect(paths.filter((path) => /^\/(v1|socket\.io|dev|docs)/.test(path))).toEqual([]);
	// A page of the server's stays the server's, also when it is opened in the tab.
	await ann.page.goto("/docs");
	await expect(ann.page.locator("#app")).toHaveCount(0);
});

test("a new build waits until it is asked for", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	await settleIn(ann);
	await openChat(ann, "Bob");
	await composer(ann.page).fill("half a thought");
	// Another script for the same page is what a new build is to the browser.
	await ann.page.evaluate(() => navigator.serviceWorker.register("/sw.js?next"));
	const offer = ann.page.getByText("New version of Tidings");
	await expect(offer).toBeVisible();
	await expect(composer(ann.page)).toHaveValue("half a thought");
	const reloaded = ann.page.waitForEvent("load");
	await ann.page.getByRole("button", { name: "Reload" }).click();
	await reloaded;
	await expect(composer(ann.page)).toHaveValue("half a thought");
});
