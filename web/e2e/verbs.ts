/** What people do in the client, by the names they see and hear. */
import { randomUUID } from "node:crypto";
import { expect, type Locator, type Page } from "@playwright/test";
import { ask, PASSWORD, type Person } from "./fixtures";
import type { Server } from "./server";

export async function signUp(person: Person, server: Server): Promise<void> {
	const { page } = person;
	await page.goto("/");
	await page.getByRole("link", { name: "Create an account" }).click();
	await page.getByLabel("E-mail").fill(person.email);
	await page.getByLabel("Name", { exact: true }).fill(person.name);
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Continue" }).click();
	await expect(page.getByRole("heading", { name: "Enter the code we sent you" })).toBeVisible();
	// The sixth digit sends the code by itself.
	await page.getByLabel("Code").fill((await server.mail(person.email)).codes[0] ?? "");
	await expect(nav(page)).toBeVisible();
}

export function nav(page: Page): Locator {
	return page.getByRole("navigation", { name: "Main" });
}

export async function askToBeFriends(person: Person, name: string): Promise<void> {
	const { page } = person;
	await nav(page).getByRole("link", { name: "People" }).click();
	await page.getByLabel("Find people by name or username").fill(name);
	await page.getByRole("button", { name: `Add ${name} as a friend` }).click();
}

export async function acceptFriend(person: Person, name: string): Promise<void> {
	const { page } = person;
	await nav(page).getByRole("link", { name: "People" }).click();
	await page.getByRole("button", { name: `Accept ${name}` }).click();
}

export async function openChat(person: Person, name: string): Promise<void> {
	const { page } = person;
	await nav(page).getByRole("link", { name: "Chats" }).click();
	await page.getByRole("link", { name }).first().click();
	// Not that of the chat to which the rail led.
	await expect(page.getByRole("textbox", { name: `Message ${name}` })).toBeVisible();
}

export function composer(page: Page): Locator {
	return page.getByRole("textbox", { name: /^Message / });
}

export async function say(person: Person, text: string): Promise<void> {
	await composer(person.page).fill(text);
	await composer(person.page).press("Enter");
}

/** What is sent, and to which message it is an answer. */
type Said = string | { body: string; reply_to_seq?: number };

/** Sends one message past the page. */
export function send(person: Person, chat: string, said: Said): Promise<void> {
	const message = typeof said === "string" ? { body: said } : said;
	const path = `/v1/chats/${chat}/messages`;
	return ask(person, "POST", path, { client_id: randomUUID(), ...message });
}

/**
 * Sends them as fast as the server takes them, so many at a time; one at a time
 * keeps their order. From a page of the person's own, because a request of the
 * runner's costs ten times as much. A refusal is told.
 */
export async function sendAll(
	{ page }: Person,
	chat: string,
	all: readonly Said[],
	atATime = 4,
): Promise<void> {
	if (!page.url().startsWith("http")) await page.goto("/people");
	const messages = all.map((said) => (typeof said === "string" ? { body: said } : said));
	await page.evaluate(
		async ([chat, messages, atATime]) => {
			const headers = { "content-type": "application/json" };
			const left = [...messages].reverse();
			async function sendOn(): Promise<void> {
				for (let message = left.pop(); message !== undefined; message = left.pop()) {
					const body = JSON.stringify({ client_id: crypto.randomUUID(), ...message });
					const path = `/v1/chats/${chat}/messages`;
					const answer = await fetch(path, { method: "POST", headers, body });
					if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
				}
			}
			await Promise.all(Array.from({ length: atATime }, sendOn));
		},
		[chat, messages, atATime] as const,
	);
}

export function timeline(page: Page): Locator {
	return page.getByRole("log", { name: "Messages" });
}

export function message(page: Page, text: string): Locator {
	return timeline(page).getByText(text, { exact: true });
}

/** The words of the timeline that look like `word`, from top to bottom. */
export async function words(page: Page, word: RegExp): Promise<string[]> {
	return (await timeline(page).textContent())?.match(word) ?? [];
}

/** Presses Tab until the element has the focus, as a person without a mouse does. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
	await expect(target).toBeVisible();
	for (let presses = 0; presses < 80; presses++) {
		if (await target.evaluate((element) => element === document.activeElement)) return;
		await page.keyboard.press("Tab");
	}
	throw new Error(`Tab never reaches ${target}`);
}
