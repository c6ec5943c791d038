/** A fresh server for each test, and people who use it through their own browser. */
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { type Server, startServer } from "./server";

export type Person = {
	readonly name: string;
	readonly email: string;
	readonly context: BrowserContext;
	readonly page: Page;
};

export const PASSWORD = "a quiet harbour at noon";

type Fixtures = {
	server: Server;
	/** A person with an account, signed in; made through the API to save time. */
	person: (name: string) => Promise<Person>;
	/** Somebody in a browser of their own, without an account yet. */
	visitor: (name: string) => Promise<Person>;
};

export const test = base.extend<Fixtures>({
	// biome-ignore lint/correctness/noEmptyPattern: the runner reads the names from this pattern
	server: async ({}, use, info) => {
		const server = await startServer();
		await server.start();
		await use(server);
		if (info.status !== info.expectedStatus) {
			await info.attach("server.log", { body: server.log(), contentType: "text/plain" });
		}
		await server.remove();
	},
	visitor: async ({ browser, server }, use) => {
		const contexts: BrowserContext[] = [];
		await use(async (name) => {
			const context = await browser.newContext({ baseURL: server.url });
			contexts.push(context);
			const email = `${name.toLowerCase()}@example.test`;
			return { name, email, context, page: await context.newPage() };
		});
		await Promise.all(contexts.map((context) => context.close()));
	},
	person: async ({ server, visitor }, use) => {
		await use(async (name) => {
			const person = await visitor(name);
			const { email } = person;
			const signup = await ask(person, "POST", "/v1/accounts", { email, name, password: PASSWORD });
			const code = (await server.mail(email)).codes[0];
			await ask(person, "POST", "/v1/accounts/verify", { signup: signup.signup, code });
			return person;
		});
	},
});

/** One request with the person's own cookies. */
export async function ask(
	person: Person,
	method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
	path: string,
	data?: unknown,
	// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
): Promise<any> {
	const origin = (await person.context.request.get("/livez")).url().replace("/livez", "");
	const answer = await person.context.request.fetch(path, {
		method,
		data,
		headers: { origin },
	});
	expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
	return answer.status() === 204 ? null : await answer.json();
}

/** Makes two people friends and answers the id of their chat. */
export async function befriend(one: Person, other: Person): Promise<string> {
	const { account: mine } = await ask(one, "GET", "/v1/me");
	const { account: theirs } = await ask(other, "GET", "/v1/me");
	await ask(one, "PUT", `/v1/friends/${theirs.id}`);
	const { chat } = await ask(other, "PUT", `/v1/friends/${mine.id}`);
	return chat;
}

export { expect };
