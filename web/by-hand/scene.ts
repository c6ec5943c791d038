/** Two people and those around them, with plausible chats, for figures and pictures. */
import type { Page } from "@playwright/test";
import { ask, befriend, expect, type Person } from "../e2e/fixtures";
import { composer, send, sendAll } from "../e2e/verbs";

/** Who writes what, oldest chat first; a line of `me` is Noor's own. */
const OTHERS: [name: string, lines: [who: "me" | "they", body: string][], isRead: boolean][] = [
	["Κατερίνα Δούκα", [["they", "Τα λέμε τη Δευτέρα!"]], true],
	[
		"Mateus Oyelaran",
		[
			["they", "Train at nine, then?"],
			["me", "sounds good, see you at the quay"],
		],
		true,
	],
	["Oma Hilde", [["they", "Fünf Gläser Marmelade stehen bereit."]], true],
	[
		"Elif Aydın",
		[
			["me", "Thursday at half past three works"],
			["they", "Booked for Thursday, 15:30"],
		],
		true,
	],
	["Дмитро Коваленко", [["they", "Надішлю голосове ввечері, добре?"]], false],
	["Aoi Yamada", [["they", "Understood, I send it tomorrow morning 🙏"]], true],
	[
		"Priya Raghunathan",
		[
			["they", "The minutes are in the folder."],
			["they", "Could we move it?"],
		],
		true,
	],
	[
		"ليلى منصور",
		[
			["they", "وصلت الصور كلها"],
			["they", "شكراً جزيلاً! 🌿"],
		],
		false,
	],
];

const TALK: [who: "me" | "they", body: string, answers?: number][] = [
	["they", "Did the **corrected programme** ever reach you? The printer wants it by noon."],
	["me", "It did. One umlaut was broken, this mends the file:"],
	["me", "```\niconv -f latin1 -t utf-8 programme.txt \\\n  > print/programme.txt\n```"],
	["they", "Perfect, thank you 🙏"],
	["they", "This morning above Bergsfjorden: no wind at all, *só vento* in the afternoon."],
	["they", "Are you coming on Saturday? Lars needs a head count for the boat."],
	["they", "اسألي ليلى أيضاً، من فضلك"],
	["me", "Yes, with two guests.", 6],
	["me", "And the tall tripod."],
	[
		"they",
		"Lovely. The ferry leaves at `07:40` from pier B, tickets at https://nordlys.example/boat",
	],
	["me", "Booked ⛴️"],
];

/** Who gives what to which line of the talk. */
const REACTIONS: [who: "me" | "they", line: number, emoji: string][] = [
	["me", 5, "❤️"],
	["they", 9, "👍"],
	["me", 9, "👍"],
];

/** Last moment of a date: muted for good. */
const FOR_EVER = 8_640_000_000_000_000;

const LONG = Array.from({ length: 120 }, (_, day) => `Day ${day + 1} of the rehearsals is done.`);

/** `long` is a chat whose first messages no page holds that shows its last. */
export type Scene = { noor: Person; ana: Person; chat: string; long: string };
type Make = (name: string) => Promise<Person>;

export async function setScene(person: Make): Promise<Scene> {
	const noor = await person("Noor");
	await ask(noor, "PATCH", "/v1/me", { name: "Noor Haddad", username: "noor" });
	let long = "";
	for (const [index, [name, lines, isRead]] of OTHERS.entries()) {
		const other = await person(`Other${index}`);
		await ask(other, "PATCH", "/v1/me", { name });
		const chat = await befriend(noor, other);
		if (index === 1) {
			long = chat;
			await sendAll(other, chat, LONG, 1);
		}
		for (const [who, body] of lines) await send(who === "me" ? noor : other, chat, body);
		const seq = lines.length + (chat === long ? LONG.length : 0);
		if (isRead) await ask(noor, "PUT", `/v1/chats/${chat}/read`, { seq });
		if (index === 4) {
			await ask(noor, "PATCH", `/v1/chats/${chat}/mine`, { muted_until: FOR_EVER });
		}
		await ask(other, "PUT", `/v1/chats/${chat}/read`, { seq: 1 });
		if (index > 5) await other.page.goto("/");
	}
	const asking = await person("Asking");
	await ask(asking, "PATCH", "/v1/me", { name: "Lars Nygård", username: "lars_n" });
	const { account } = await ask(noor, "GET", "/v1/me");
	await ask(asking, "PUT", `/v1/friends/${account.id}`);

	const ana = await person("Ana");
	const bio = "Alto, second row. Maps, ferries, bad weather.";
	await ask(ana, "PATCH", "/v1/me", { name: "Ana Sofía Ferreira", username: "anasofia", bio });
	const chat = await befriend(noor, ana);
	for (const [who, body, answers] of TALK)
		await send(who === "me" ? noor : ana, chat, {
			body,
			...(answers && { reply_to_seq: answers }),
		});
	for (const [who, line, emoji] of REACTIONS) {
		const path = `/v1/chats/${chat}/messages/${line}/reactions/${encodeURIComponent(emoji)}`;
		await ask(who === "me" ? noor : ana, "PUT", path);
	}
	await ask(noor, "PATCH", `/v1/chats/${chat}/mine`, { pinned: true });
	await ask(noor, "PUT", `/v1/chats/${chat}/read`, { seq: TALK.length });
	await ana.page.goto(`/chats/${chat}`);
	await expect(composer(ana.page)).toBeVisible();
	return { noor, ana, chat, long };
}

export async function quiet(page: Page, look: Record<string, unknown>): Promise<void> {
	await page.evaluate((kept) => localStorage.setItem("tidings.look", kept), JSON.stringify(look));
}

export async function show(
	{ noor, ana, chat }: Scene,
	path: string,
	isTyping: boolean,
): Promise<void> {
	const { page } = noor;
	await page.goto(path.replace(":chat", chat));
	await page.locator("h1, h2, [role=log]").first().waitFor();
	if (isTyping) {
		await page.locator(".timeline [data-key]").last().waitFor();
		// Typing is told now and then only, and this page has just begun to listen.
		await expect(async () => {
			await composer(ana.page).pressSequentially("e");
			await expect(page.getByText("typing").first()).toBeVisible({ timeout: 500 });
		}).toPass();
	}
	await page.evaluate(() => document.fonts.ready);
	await page.waitForTimeout(700);
}
