/** What the server refuses is told where it happened, with the way on. */
import type { Page } from "@playwright/test";
import { ask, befriend, expect, type Person, test } from "./fixtures";
import { composer, message, openChat, say, timeline } from "./verbs";

/** A call over the socket: its number, which the answer bears too, and its name. */
const CALL = /^42\/v1,(\d+)\["([^"]+)"/;

type Refusals = Map<string, { code: string; after: Promise<void> }>;

/** Refuses the calls so named, as the server does; all others go through. */
async function refusing(page: Page): Promise<Refusals> {
	const refusals: Refusals = new Map();
	await page.routeWebSocket(/\/socket\.io\//, (socket) => {
		const server = socket.connectToServer();
		socket.onMessage(async (data) => {
			const [, number, name = ""] = CALL.exec(String(data)) ?? [];
			const refusal = refusals.get(name);
			if (!refusal) return server.send(data);
			await refusal.after;
			const error = { type: "", title: "", status: 409, code: refusal.code, detail: "No." };
			socket.send(`43/v1,${number}${JSON.stringify([{ ok: false, error }])}`);
		});
	});
	return refusals;
}

async function talk(person: (name: string) => Promise<Person>) {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const cleo = await person("Cleo");
	const chat = await befriend(ann, bob);
	await befriend(ann, cleo);
	const { page } = ann;
	const refusals = await refusing(page);
	await page.goto("/");
	await openChat(ann, "Bob");
	await say(ann, "Allmost");
	await expect(page.getByRole("img", { name: /^(Sent|Delivered)$/ })).toBeVisible();
	return { ann, bob, chat, page, refusals };
}

const AT_ONCE = Promise.resolve();

async function editTo(page: Page, text: string): Promise<void> {
	await composer(page).press("ArrowUp");
	await expect(composer(page)).toHaveValue("Allmost");
	await composer(page).fill(text);
}

test("a refused change keeps its words, and the message its own", async ({ person }) => {
	const { bob, page, refusals } = await talk(person);
	refusals.set("message.edit", { code: "message.changed", after: AT_ONCE });
	await editTo(page, "Almost");
	await composer(page).press("Enter");
	const note = timeline(page).getByText("Not saved: another device changed it meanwhile.");
	await expect(note).toBeVisible();
	await expect(message(page, "Allmost")).toBeVisible();
	await expect(page.getByText(/was not sent/)).toHaveCount(0);

	refusals.clear();
	await timeline(page).getByRole("button", { name: "Edit again" }).click();
	await expect(composer(page)).toHaveValue("Almost");
	await composer(page).press("Enter");
	await expect(message(page, "Almost")).toBeVisible();
	await expect(note).toHaveCount(0);
	await bob.page.goto("/");
	await openChat(bob, "Ann");
	await expect(message(bob.page, "Almost")).toBeVisible();
});

test("a refused change is told elsewhere too, and may be left", async ({ person }) => {
	const { ann, chat, page, refusals } = await talk(person);
	let answer = () => {};
	const after = new Promise<void>((done) => {
		answer = done;
	});
	refusals.set("message.edit", { code: "message.changed", after });
	await editTo(page, "Almost");
	await composer(page).press("Enter");
	await openChat(ann, "Cleo");
	answer();
	await expect(page.getByText("Your change was not saved.")).toBeVisible();
	await page.getByRole("button", { name: "Show" }).click();
	await expect(page).toHaveURL(new RegExp(`/chats/${chat}`));
	await timeline(page).getByRole("button", { name: "Leave as it is" }).click();
	await expect(timeline(page).getByText(/Not saved/)).toHaveCount(0);
	await expect(message(page, "Allmost")).toBeVisible();
});

test("a refused deletion can be tried again", async ({ person }) => {
	const { ann, chat, page, refusals } = await talk(person);
	refusals.set("message.delete", { code: "chat.closed", after: AT_ONCE });
	await page.locator(".msg").last().press("Enter");
	await page.keyboard.press("d");
	await expect(timeline(page).getByText("Not deleted.")).toBeVisible();
	refusals.clear();
	await timeline(page).getByRole("button", { name: "Retry" }).click();
	await expect(timeline(page).getByText("You deleted this message")).toBeVisible();
	const deleted = async () => {
		const { messages } = await ask(ann, "GET", `/v1/chats/${chat}/messages?limit=20`);
		return messages.at(-1).deleted_at !== null;
	};
	await expect.poll(deleted).toBe(true);
});
