/** The promise, as two people see it: what was acknowledged is there, once, in one order. */

import { ask, befriend, expect, type Person, test } from "./fixtures";
import {
	acceptFriend,
	askToBeFriends,
	composer,
	message,
	openChat,
	say,
	signUp,
	words,
} from "./verbs";

/** What the server acknowledged over the socket, as the browser heard it. */
function hearAcknowledgements(person: Person): Map<number, string> {
	const acknowledged = new Map<number, string>();
	person.page.on("websocket", (socket) => {
		socket.on("framereceived", ({ payload }) => {
			// `43/v1,<id>[{"ok":true,"message":{…}}]` is an acknowledgement in the namespace.
			const found = /^43\/v1,\d+(\[.*\])$/s.exec(payload.toString());
			if (!found?.[1]) return;
			const [answer] = JSON.parse(found[1]);
			if (answer?.ok && answer.message) acknowledged.set(answer.message.seq, answer.message.body);
		});
	});
	return acknowledged;
}

test("two people meet and talk", async ({ server, visitor }) => {
	const ann = await visitor("Ann");
	const bob = await visitor("Bob");
	await signUp(ann, server);
	await signUp(bob, server);

	await askToBeFriends(ann, "Bob");
	await acceptFriend(bob, "Ann");
	await openChat(bob, "Ann");
	await openChat(ann, "Bob");

	await say(ann, "Are we still on for seven?");
	await expect(message(bob.page, "Are we still on for seven?")).toBeVisible();
	await say(bob, "On my way");
	await expect(message(ann.page, "On my way")).toBeVisible();
	await expect(ann.page.getByRole("img", { name: "Read" })).toBeVisible();
});

test("a killed server loses nothing and repeats nothing", async ({ server, person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	const chat = await befriend(ann, bob);
	const acknowledged = [hearAcknowledgements(ann), hearAcknowledgements(bob)];
	await ann.page.goto("/");
	await bob.page.goto("/");
	await openChat(ann, "Bob");
	await openChat(bob, "Ann");

	const rounds = 12;
	for (let round = 0; round < rounds; round++) {
		if (round === 4) await server.kill();
		if (round === 8) await server.start();
		await say(ann, `ann-${round}.`);
		await say(bob, `bob-${round}.`);
	}

	const word = /(?:ann|bob)-\d+\./g;
	await expect.poll(() => words(ann.page, word), { timeout: 45_000 }).toHaveLength(2 * rounds);
	await expect.poll(() => words(bob.page, word), { timeout: 45_000 }).toHaveLength(2 * rounds);
	const { messages } = await ask(ann, "GET", `/v1/chats/${chat}/messages?limit=100`);
	const stored: { seq: number; body: string }[] = messages.reverse();

	// The store has each once, in a dense order; both windows show that order.
	expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
	const bodies = stored.map(({ body }) => body);
	expect(new Set(bodies).size).toBe(2 * rounds);
	await expect.poll(() => words(ann.page, word)).toEqual(bodies);
	await expect.poll(() => words(bob.page, word)).toEqual(bodies);
	// Each person's own messages keep the order in which they were written.
	for (const name of ["ann", "bob"]) {
		const own = Array.from({ length: rounds }, (_, round) => `${name}-${round}.`);
		expect(bodies.filter((body) => body.startsWith(name))).toEqual(own);
	}
	// What a browser was told is stored stands where it was told.
	for (const heard of acknowledged) {
		expect(heard.size).toBeGreaterThan(0);
		for (const [seq, body] of heard) expect(bodies[seq - 1]).toBe(body);
	}

	// A reload asks the store anew and shows the same.
	await ann.page.reload();
	await expect.poll(() => words(ann.page, word)).toEqual(bodies);
});

test("a message is edited and deleted for both", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	await ann.page.goto("/");
	await bob.page.goto("/");
	await openChat(ann, "Bob");
	await openChat(bob, "Ann");
	await say(ann, "See you at sevn");
	await expect(message(bob.page, "See you at sevn")).toBeVisible();

	await composer(ann.page).press("ArrowUp");
	await expect(composer(ann.page)).toHaveValue("See you at sevn");
	await composer(ann.page).fill("See you at seven");
	await composer(ann.page).press("Enter");
	await expect(message(bob.page, "See you at seven")).toBeVisible();
	await expect(message(bob.page, "See you at sevn")).toHaveCount(0);

	await message(ann.page, "See you at seven").click({ button: "right" });
	await ann.page.getByRole("menuitem", { name: "Delete" }).click();
	await expect(message(bob.page, "Ann deleted this message")).toBeVisible();
	await expect(message(ann.page, "You deleted this message")).toBeVisible();
	await bob.page.reload();
	await expect(message(bob.page, "Ann deleted this message")).toBeVisible();
});
