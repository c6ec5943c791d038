/** What must not grow with a day's messages: rows, nodes and what is held. */
import { befriend, expect, test } from "./fixtures";
import { openChat, timeline } from "./verbs";

const MOST_ROWS = 200;

test("a chat that is followed costs no more after many messages", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	const { page } = ann;
	const devtools = await ann.context.newCDPSession(page);
	await devtools.send("Performance.enable");
	await page.goto("/");
	await openChat(ann, "Bob");
	let written = 0;
	// From a page of Bob's, because a request of the runner's own costs ten times as much.
	await bob.page.goto("/people");
	const tell = (after: number, last: number) =>
		bob.page.evaluate(
			async ([chat, after, last]) => {
				for (let index = after + 1; index <= last; index++) {
					const body = JSON.stringify({ client_id: crypto.randomUUID(), body: `news-${index}.` });
					const headers = { "content-type": "application/json" };
					await fetch(`/v1/chats/${chat}/messages`, { method: "POST", headers, body });
				}
			},
			[chat, after, last] as const,
		);
	const hear = async (count: number) => {
		written += count;
		await tell(written - count, written);
		await expect(timeline(page).getByText(`news-${written}.`)).toBeInViewport();
		expect(await page.locator(".timeline [data-key]").count()).toBe(MOST_ROWS);
	};
	/** Attached nodes and those that something still holds. */
	const nodes = async () => {
		await devtools.send("HeapProfiler.collectGarbage");
		const { metrics } = await devtools.send("Performance.getMetrics");
		return metrics.find(({ name }) => name === "Nodes")?.value ?? Number.NaN;
	};
	await hear(260);
	const early = await nodes();
	await hear(400);
	// The browser lets go of what left the page in its own time.
	await expect.poll(nodes).toBeLessThan(early * 1.15);
	// One who scrolls back through all of it still finds the first.
	for (let pages = 0; pages < 60; pages++) {
		if (await page.getByText("This is where it begins.").isVisible()) break;
		const first = page.locator(".timeline [data-key]").first();
		const key = await first.getAttribute("data-key");
		await page.locator(".timeline").evaluate((frame) => {
			frame.scrollTop = 0;
		});
		if (await page.getByText("This is where it begins.").isVisible()) break;
		await expect.poll(() => first.getAttribute("data-key")).not.toBe(key);
	}
	await expect(timeline(page).getByText("news-1.", { exact: true })).toBeAttached();
	expect(await page.locator(".timeline [data-key]").count()).toBeLessThanOrEqual(MOST_ROWS);
});
