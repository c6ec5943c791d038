/** Reach: every route in every theme and direction, small frames, the place of the keyboard. */
import type { Page } from "@playwright/test";
import { faultsOf } from "./faults";
import { ask, befriend, expect, PASSWORD, type Person, test } from "./fixtures";
import { composer, openChat, say, send, timeline } from "./verbs";

type Look = {
	name: string;
	look: Record<string, unknown>;
	scheme: "light" | "dark";
	width: number;
};

const LOOKS: Look[] = [
	{ name: "light", look: {}, scheme: "light", width: 1440 },
	{ name: "dark", look: {}, scheme: "dark", width: 320 },
	{ name: "high contrast", look: { theme: "contrast" }, scheme: "light", width: 320 },
	{ name: "high contrast, dark", look: { theme: "contrast" }, scheme: "dark", width: 1440 },
	{ name: "right to left", look: { language: "ar" }, scheme: "light", width: 768 },
	{
		name: "compact and large",
		look: { density: "compact", textSize: 150 },
		scheme: "dark",
		width: 320,
	},
];

const excessOf = (page: Page) =>
	page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function keepLook(person: Person, look: Record<string, unknown>): Promise<void> {
	await person.context.addInitScript((kept) => {
		localStorage.setItem("tidings.look", kept);
	}, JSON.stringify(look));
}

/** A chat with what may trip a reader or a narrow frame. */
async function fill(ann: Person, bob: Person, chat: string): Promise<void> {
	const bodies = [
		"Hello **Ann**, see https://example.org/a/very/long/way/to/the/harbour?with=many&words=in-it",
		"```\na long line of code that does not break and so must scroll inside of its own block\n```",
		"شكراً جزيلاً، وصلت الصور كلها",
		"A".repeat(300),
	];
	for (const body of bodies) {
		await send(bob, chat, body);
		await send(ann, chat, { body, reply_to_seq: 1 });
	}
}

/** Rows being chosen, and the month over them, each at its own width and at the least. */
async function faultsWhileChoosing(page: Page, path: string, width: number): Promise<string[]> {
	const found: string[] = [];
	await page.goto(path);
	await page.locator(".msg").last().press("Space");
	for (const least of [width, 320]) {
		await page.setViewportSize({ width: least, height: 740 });
		await expect(page.locator(".selbar")).toBeVisible();
		found.push(...(await faultsOf(page)));
		expect(await excessOf(page), `choosing rows at ${least}`).toBe(0);
	}
	await page.keyboard.press("Escape");
	await page.locator(".day__chip").last().click();
	await expect(page.locator(".cal__day.is-active")).toBeFocused();
	found.push(...(await faultsOf(page)));
	expect(await excessOf(page), "choosing a day").toBe(0);
	return found;
}

for (const { name, look, scheme, width } of LOOKS) {
	test(`no accessibility fault on any route: ${name}`, async ({ person, visitor, server }) => {
		test.setTimeout(180_000);
		const ann = await person("Ann");
		const bob = await person("Bob");
		const asking = await person("Cleo");
		const chat = await befriend(ann, bob);
		await fill(ann, bob, chat);
		const { account } = await ask(ann, "GET", "/v1/me");
		await ask(asking, "PUT", `/v1/friends/${account.id}`);
		const guest = await visitor("Guest");
		const found: string[] = [];
		for (const someone of [ann, guest]) {
			await keepLook(someone, look);
			await someone.page.emulateMedia({ colorScheme: scheme });
		}
		const visit = async (page: Page, path: string) => {
			await page.goto(path);
			await expect(page.locator("h1, h2, [role=log]").first()).toBeVisible();
			await page.setViewportSize({ width, height: 740 });
			found.push(...(await faultsOf(page)));
			await page.setViewportSize({ width: 320, height: 740 });
			expect(await excessOf(page), `${path} at 320`).toBe(0);
		};
		for (const path of ["/sign-in", "/sign-up", "/forgot", "/reset#token", "/nowhere"])
			await visit(guest.page, path);
		const signup = { email: guest.email, name: "Guest", password: PASSWORD };
		await ask(guest, "POST", "/v1/accounts", signup);
		expect((await server.mail(guest.email)).codes).toHaveLength(1);
		for (const path of ["/chats", `/chats/${chat}`, "/people", "/people?q=Bob", "/settings"])
			await visit(ann.page, path);
		await visit(ann.page, "/chats");
		await ann.page.locator(".list-search input").fill("the");
		await expect(
			ann.page.locator(".everywhere .hits__note, .everywhere .hit").first(),
		).toBeVisible();
		found.push(...(await faultsOf(ann.page)));
		expect(await excessOf(ann.page), "what is found at 320").toBe(0);
		found.push(...(await faultsWhileChoosing(ann.page, `/chats/${chat}`, width)));
		expect(found).toEqual([]);
	});
}

test("a first visit is quiet and ready to type", async ({ visitor, server }) => {
	const { page, email } = await visitor("Ann");
	const noise: string[] = [];
	page.on("console", (line) => {
		if (["error", "warning"].includes(line.type())) noise.push(line.text());
	});
	page.on("pageerror", (error) => noise.push(String(error)));
	await page.goto("/");
	await expect(page.getByLabel("E-mail or username")).toBeFocused();
	await page.getByRole("link", { name: "Create an account" }).click();
	await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
	await page.keyboard.type("Ann");
	await page.getByLabel("E-mail").fill(email);
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.keyboard.press("Enter");
	await expect(page.getByLabel("Code")).toBeFocused();
	await page.keyboard.type((await server.mail(email)).codes[0] ?? "");
	await expect(page.getByRole("heading", { name: "Chats" })).toBeFocused();
	await page.getByRole("link", { name: "Find people" }).click();
	const find = page.getByLabel("Find people by name or username");
	await expect(find).toBeFocused();
	// Whoever knows nobody can do nothing else here.
	const rail = page.getByRole("navigation", { name: "Main" });
	await rail.getByRole("link", { name: "Settings" }).click();
	await rail.getByRole("link", { name: "People" }).click();
	await expect(find).toBeFocused();
	expect(noise).toEqual([]);
});

test("an empty list tells of those who wait for an answer", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const { account } = await ask(bob, "GET", "/v1/me");
	await bob.page.goto("/");
	await expect(bob.page.getByRole("heading", { name: "Nobody here but you" })).toBeVisible();
	await ask(ann, "PUT", `/v1/friends/${account.id}`);
	await expect(bob.page.getByText("Ann would like to write to you")).toBeVisible();
	await bob.page.getByRole("link", { name: "Answer" }).click();
	await bob.page.getByRole("button", { name: "Accept Ann" }).click();
	await expect(bob.page.getByRole("link", { name: "Message Ann" })).toBeVisible();
});

test("the focus stays on a person while what one may do changes", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await ask(ann, "GET", "/v1/me");
	await ann.page.goto("/people?q=Bob");
	await ann.page.getByRole("button", { name: "Add Bob as a friend" }).press("Enter");
	await expect(ann.page.getByRole("button", { name: /Withdraw/ })).toBeFocused();
	await bob.page.goto("/people");
	await bob.page.getByRole("button", { name: "Accept Ann" }).press("Enter");
	await expect(bob.page.getByRole("link", { name: "Message Ann" })).toBeFocused();
});

test("a phone's keyboard covers neither the field nor the newest message", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await fill(ann, bob, chat);
	const { page } = ann;
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto("/");
	await openChat(ann, "Bob");
	await say(ann, "On the bus");
	await composer(page).focus();
	const ends = async () => {
		const field = await composer(page).boundingBox();
		return (field?.y ?? 0) + (field?.height ?? 0);
	};
	const newest = timeline(page).getByText("On the bus");

	// Where the keyboard makes the page smaller.
	await page.setViewportSize({ width: 360, height: 400 });
	await expect(newest).toBeInViewport();
	expect(await ends()).toBeLessThanOrEqual(400);

	// Where it is laid over the page, which only the visual viewport tells.
	await page.setViewportSize({ width: 360, height: 740 });
	await expect.poll(ends).toBeGreaterThan(600);
	await page.evaluate(() => {
		const view = window.visualViewport as VisualViewport;
		Object.defineProperty(view, "height", { configurable: true, value: 400 });
		view.dispatchEvent(new Event("resize"));
	});
	await expect.poll(ends).toBeLessThanOrEqual(400);
	await expect(newest).toBeInViewport();
	await page.evaluate(() => {
		Reflect.deleteProperty(window.visualViewport as VisualViewport, "height");
		window.visualViewport?.dispatchEvent(new Event("resize"));
	});
	await expect.poll(ends).toBeGreaterThan(600);
});

/**
 * Each size comes after the page has drawn the one before, and before it hears
 * of its scroll. Without any it only waits until all is drawn and heard.
 */
function resizeView(page: Page, sizes: number[]): Promise<void> {
	return page.evaluate(async (sizes) => {
		const view = window.visualViewport as VisualViewport;
		const drawn = () =>
			new Promise<void>((done) =>
				requestAnimationFrame(() => {
					const { port1, port2 } = new MessageChannel();
					port1.onmessage = () => done();
					port2.postMessage(null);
				}),
			);
		for (const height of sizes) {
			Object.defineProperty(view, "height", { configurable: true, value: height });
			view.dispatchEvent(new Event("resize"));
			await drawn();
		}
		for (let frames = 0; frames < 3; frames++) await drawn();
	}, sizes);
}

/**
 * The page has another size for a moment, is measured in it and never drawn.
 * The browser then tells of a size, and of the scroll after it.
 */
function resizeUnseen(page: Page, sizes: [number, number]): Promise<boolean> {
	return page.evaluate(([between, after]) => {
		const view = window.visualViewport as VisualViewport;
		const frame = document.querySelector(".timeline") as HTMLElement;
		const heightAt = (height: number) => {
			Object.defineProperty(view, "height", { configurable: true, value: height });
			view.dispatchEvent(new Event("resize"));
			return frame.clientHeight;
		};
		const before = frame.clientHeight;
		const isOther = heightAt(between) !== before && heightAt(after) === before;
		dispatchEvent(new Event("resize"));
		return isOther;
	}, sizes);
}

test("sizes that follow each other within a frame leave the reader where they were", async ({
	person,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	for (let round = 0; round < 4; round++) await fill(ann, bob, chat);
	const { page } = ann;
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto("/");
	await openChat(ann, "Bob");
	await say(ann, "On the bus");
	const newest = timeline(page).getByText("On the bus");
	await expect(newest).toBeInViewport();
	const gap = () =>
		page
			.locator(".timeline")
			.evaluate((frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight);

	for (const sizes of [[600, 480, 400], [740, 400], [500, 740, 420, 600], [400]]) {
		await resizeView(page, sizes);
		expect(await gap(), sizes.join(", ")).toBeLessThanOrEqual(1);
	}
	expect(await resizeUnseen(page, [740, 400])).toBe(true);
	await resizeView(page, []);
	expect(await gap(), "after a size that nobody saw").toBeLessThanOrEqual(1);

	// Further up it is the row in view that stays.
	const top = () =>
		page.locator(".timeline").evaluate((frame) => {
			const edge = frame.getBoundingClientRect().top;
			const rows = [...frame.querySelectorAll<HTMLElement>("[data-key]")];
			const row = rows.find((one) => one.getBoundingClientRect().bottom > edge);
			return `${row?.dataset.seq} ${Math.round((row?.getBoundingClientRect().top ?? 0) - edge)}`;
		});
	await page.locator(".timeline").hover();
	await page.mouse.wheel(0, -700);
	await expect.poll(gap).toBeGreaterThan(600);
	const place = await top();
	for (const sizes of [
		[600, 740],
		[400, 500, 740, 420],
	]) {
		await resizeView(page, sizes);
		expect(await top(), sizes.join(", ")).toBe(place);
	}
	await page.mouse.wheel(0, (await gap()) - 200);
	await expect.poll(gap).toBeCloseTo(200, -1);
	await resizeView(page, []);
	const near = await top();
	expect(await resizeUnseen(page, [740, 420])).toBe(true);
	await resizeView(page, []);
	expect(await top(), "after a size that nobody saw").toBe(near);
});

test("a long draft leaves the newest message in sight where the page must size its field", async ({
	person,
}) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	await fill(ann, bob, chat);
	const { page } = ann;
	// A browser that does not let a field grow by itself.
	await page.addInitScript(() => {
		const { supports } = CSS;
		CSS.supports = (...rule: string[]) =>
			rule[0] !== "field-sizing" && Reflect.apply(supports, CSS, rule);
	});
	await page.goto("/");
	await page.evaluate(() => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(".composer__t { field-sizing: fixed !important }");
		document.adoptedStyleSheets.push(sheet);
	});
	await openChat(ann, "Bob");
	await say(ann, "On the bus");
	const newest = timeline(page).getByText("On the bus");
	await expect(newest).toBeInViewport();

	const field = composer(page);
	const height = () => field.evaluate(({ clientHeight }) => clientHeight);
	const low = await height();
	for (let line = 0; line < 6; line++) {
		await field.press("Shift+Enter");
		await field.press("a");
	}
	await resizeView(page, []);
	expect(await height()).toBeGreaterThan(4 * low);
	await expect(newest).toBeInViewport();
	await expect(page.getByRole("button", { name: "To the newest" })).toBeHidden();

	await field.fill("");
	await expect.poll(height).toBe(low);
	await expect(newest).toBeInViewport();
});
