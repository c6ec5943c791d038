/**
 * What things may cost, and what must not grow with a day's messages. Costs are
 * the page's own work (see `work.ts`), so a busy machine decides no verdict;
 * time on the clock is for `npm run measure`.
 */
import { ask, befriend, expect, type Person, test } from "./fixtures";
import { composer, message, openChat, send, sendAll, timeline } from "./verbs";
import { painted, quantile, watchWork } from "./work";

// A trace copies every row of the page at each step: the runner's work, and more than the page's.
test.use({ trace: "off" });

const MOST_ROWS = 200;
/** Mounted under one who reads at the end. */
const MOST_FOLLOWED = 140;
const KEY_MS = 16;
const OWN_ROW_MS = 50;
const SWITCH_MS = 100;
const FIRST_LIST_MS = 2_500;
const SENTENCE = "the quick tern flies over the quiet harbour at noon";

async function write(person: Person, chat: string, first: number, last: number): Promise<void> {
	const toText = (index: number) => `news-${index}. ${"And a little **more**. ".repeat(index % 5)}`;
	const bodies = Array.from({ length: last - first + 1 }, (_, step) => toText(first + step));
	await sendAll(person, chat, bodies, 1);
}

test("in a full chat a key costs no row anything, and one's own row is there at once", async ({
	person,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	// All of them stay mounted, at the end as well: with more, going there leaves some of them behind.
	await write(bob, chat, 1, MOST_ROWS);
	await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: MOST_ROWS });
	await bob.context.close();
	const { page } = ann;
	await page.goto("/");
	await openChat(ann, "Bob");
	const rows = page.locator(".timeline [data-key]");
	await expect(async () => {
		await page.locator(".timeline").evaluate((frame) => {
			frame.scrollTop = 0;
		});
		expect(await rows.count()).toBe(MOST_ROWS);
	}).toPass();
	const work = await watchWork(page);
	await composer(page).focus();
	await page.keyboard.type("A few words first, ");
	await page.evaluate(() => {
		const seen: string[] = [];
		Reflect.set(window, "changed", seen);
		new MutationObserver((changes) => {
			for (const { target } of changes) seen.push(target.nodeName);
		}).observe(document.querySelector(".timeline") as Element, {
			subtree: true,
			childList: true,
			attributes: true,
			characterData: true,
		});
	});
	const keys: number[] = [];
	let layouts = 0;
	for (const key of SENTENCE) {
		await painted(page);
		await work.take();
		await page.keyboard.press(key === " " ? "Space" : key);
		await painted(page);
		const { busyMs, layouts: more } = await work.take();
		keys.push(busyMs);
		layouts += more;
	}
	expect(quantile(keys, 0.95)).toBeLessThanOrEqual(KEY_MS);
	expect(layouts / keys.length).toBeLessThanOrEqual(2);
	expect(await page.evaluate(() => Reflect.get(window, "changed"))).toEqual([]);

	// The first one also leads from far up to the end; one sample would be chance.
	const own: number[] = [];
	for (const again of ["", "Once.", "Twice.", "Again.", "At last."]) {
		await page.keyboard.type(again);
		await painted(page);
		await work.take();
		await page.keyboard.press("Enter");
		await expect(message(page, again || `A few words first, ${SENTENCE}`)).toBeInViewport();
		await painted(page);
		own.push((await work.take()).busyMs);
	}
	expect(quantile(own, 0.5)).toBeLessThanOrEqual(OWN_ROW_MS);
});

test("changing to a chat that is kept costs less than a blink", async ({ person }) => {
	const ann = await person("Ann");
	const names = ["Bob", "Cleo"];
	for (const name of names) {
		const friend = await person(name);
		const chat = await befriend(ann, friend);
		await write(friend, chat, 1, 60);
		await ask(ann, "PUT", `/v1/chats/${chat}/read`, { seq: 60 });
		await friend.context.close();
	}
	const { page } = ann;
	await page.goto("/");
	for (const name of names) {
		await openChat(ann, name);
		await expect(timeline(page).getByText("news-60.")).toBeInViewport();
	}
	const work = await watchWork(page);
	const spans: number[] = [];
	for (let turn = 0; turn < 5; turn++) {
		for (const name of names) {
			await painted(page);
			await work.take();
			await page.getByRole("link", { name }).first().click();
			await expect(composer(page)).toHaveAccessibleName(`Message ${name}`);
			await expect(timeline(page).getByText("news-60.")).toBeInViewport();
			await painted(page);
			spans.push((await work.take()).busyMs);
		}
	}
	expect(quantile(spans, 0.5)).toBeLessThanOrEqual(SWITCH_MS);
});

test("the first list is there soon on a slow machine and a phone's network", async ({ person }) => {
	const ann = await person("Ann");
	for (let index = 0; index < 12; index++) {
		const friend = await person(`Friend${index}`);
		const chat = await befriend(ann, friend);
		await send(friend, chat, "Hello");
		await friend.context.close();
	}
	const { page } = ann;
	const work = await watchWork(page);
	await work.devtools.send("Network.enable");
	let bytes = 0;
	work.devtools.on("Network.loadingFinished", ({ encodedDataLength }) => {
		bytes += encodedDataLength;
	});
	await page.goto("/chats");
	await expect(page.locator(".lrow")).toHaveCount(12);
	await painted(page);
	const { busyMs } = await work.take();
	// A processor of a quarter, 9 Mbit/s, and seven round trips of 60 ms one after
	// the other: page, script, words, who one is, the socket's three.
	const network = bytes / (9_000_000 / 8 / 1_000) + 7 * 60;
	expect(4 * busyMs + network).toBeLessThanOrEqual(FIRST_LIST_MS);
});

test("a chat that is followed costs no more after many messages", async ({ person }) => {
	test.setTimeout(180_000);
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	const { page } = ann;
	const devtools = await ann.context.newCDPSession(page);
	await devtools.send("Performance.enable");
	await page.goto("/");
	await openChat(ann, "Bob");
	let written = 0;
	const hear = async (count: number) => {
		await write(bob, chat, written + 1, written + count);
		written += count;
		await expect(timeline(page).getByText(`news-${written}.`)).toBeInViewport();
		const rows = await page.locator(".timeline [data-key]").count();
		expect(rows).toBeLessThanOrEqual(MOST_FOLLOWED);
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
	await expect(timeline(page).getByText(/^news-1\. /)).toBeAttached();
	expect(await page.locator(".timeline [data-key]").count()).toBeLessThanOrEqual(MOST_ROWS);
});
