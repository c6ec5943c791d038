/** Without a network: said plainly, kept on the device, sent once and in order. */
import { befriend, expect, test } from "./fixtures";
import { openChat, say, words } from "./verbs";

test("twenty messages written offline arrive once and in order", async ({ person }) => {
	const ann = await person("Ann");
	const bob = await person("Bob");
	await befriend(ann, bob);
	await ann.page.goto("/");
	await bob.page.goto("/");
	await openChat(ann, "Bob");
	await openChat(bob, "Ann");

	await ann.context.setOffline(true);
	await expect(ann.page.getByText("You are offline.")).toBeVisible();
	const written = Array.from({ length: 20 }, (_, index) => `kept-${index}.`);
	for (const text of written) await say(ann, text);
	expect(await words(bob.page, /kept-\d+\./g)).toEqual([]);

	await ann.context.setOffline(false);
	await expect.poll(() => words(bob.page, /kept-\d+\./g), { timeout: 45_000 }).toEqual(written);
	await expect.poll(() => words(ann.page, /kept-\d+\./g)).toEqual(written);
	await expect(ann.page.getByText("You are offline.")).toHaveCount(0);
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
	await server.start();
	await ann.page.reload();
	await expect.poll(() => words(bob.page, /kept-\d+\./g), { timeout: 45_000 }).toEqual(["kept-0."]);
});
