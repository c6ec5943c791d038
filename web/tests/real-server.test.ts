/**
 * The store against the real server. Runs where `E2E_BINARY` names one.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApi } from "@/api/client";
import type { Tokens } from "@/api/wire.gen";
import { systemClock } from "@/sync/clock";
import { createSync, type SyncHost } from "@/sync/create-sync";
import { openMemory } from "@/sync/persistence";
import { selectChats, selectTicks, selectTimeline, selectTyping, unreadOf } from "@/sync/selectors";
import { createSocket } from "@/sync/socket";
import type { Row, State } from "@/sync/types";
import { type Server, startServer } from "../e2e/server";
import { toKeyValue } from "./model/model-device";

type Person = { sync: SyncHost; id: string; call: ReturnType<typeof createApi>["call"] };

let server: Server;

beforeAll(async () => {
	if (process.env.E2E_BINARY === undefined) return;
	server = await startServer();
	await server.start();
}, 60_000);

afterAll(async () => {
	if (process.env.E2E_BINARY !== undefined) await server.remove();
});

async function signUp(name: string): Promise<Person> {
	let token: string | null = null;
	const api = createApi({
		origin: server.url,
		fetch: (input, init) => {
			const headers = new Headers(init?.headers);
			if (token !== null) headers.set("authorization", `Bearer ${token}`);
			return fetch(input, { ...init, headers });
		},
	});
	const email = `${name}.${Math.random().toString(36).slice(2)}@example.org`;
	const password = "quiet harbour lantern 42";
	const { signup } = await api.call<{ signup: string }>("POST", "/v1/accounts", {
		body: { email, name, password },
	});
	const code = (await server.mail(email)).codes[0] ?? "";
	const tokens = await api.call<Tokens>("POST", "/v1/accounts/verify", {
		body: { signup, code, tokens: true },
	});
	token = tokens.access_token;
	const storage = openMemory("");
	const sync = createSync({
		api,
		socket: createSocket({ origin: server.url, token: () => token }),
		clock: systemClock,
		openStorage: () => storage,
		joinTabs: (_account, listener) => {
			queueMicrotask(listener.onLead);
			return { post: () => undefined, takeLead: () => undefined, leave: () => undefined };
		},
		disk: toKeyValue(new Map()),
		hasNetwork: () => true,
		mayHaveLogin: () => true,
	});
	await sync.actions.signedIn(tokens.account);
	await until(sync, (state) => state.session.status === "live");
	return { sync, id: tokens.account.id, call: api.call };
}

/** Waits for the state to be so; says what it was when it never is. */
async function until(sync: SyncHost, isSo: (state: State) => boolean, ms = 15_000): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		let unsubscribe = () => {};
		const fail = setTimeout(() => {
			unsubscribe();
			const { me, session, chats, outbox, arev, timelines } = sync.getState();
			reject(
				new Error(
					`never so: ${JSON.stringify({ me: me?.name, session, arev, outbox, chats: [...chats.values()].map((chat) => ({ ...chat, members: [...chat.members.values()] })), windows: [...timelines.values()].map((one) => [one.window, one.ranges]) })}`,
				),
			);
		}, ms);
		const look = () => {
			if (!isSo(sync.getState())) return;
			clearTimeout(fail);
			unsubscribe();
			resolve();
		};
		unsubscribe = sync.subscribe(look);
		look();
	});
}

async function befriend(one: Person, other: Person): Promise<string> {
	await one.call("PUT", `/v1/friends/${other.id}`);
	const { chat } = await other.call<{ chat: string | null }>("PUT", `/v1/friends/${one.id}`);
	if (chat === null) throw new Error("friends without a chat");
	for (const { sync } of [one, other]) await until(sync, (state) => state.chats.has(chat));
	return chat;
}

const rowsOf = (state: State, chat: string): readonly Row[] => selectTimeline(state, chat).rows;
const bodies = (state: State, chat: string) => rowsOf(state, chat).map((row) => row.message.body);

describe.runIf(process.env.E2E_BINARY !== undefined)("with the real server", () => {
	it("sends, edits, deletes, reads and types", async () => {
		const ann = await signUp("Ann");
		const bob = await signUp("Bob");
		const chat = await befriend(ann, bob);
		await ann.sync.actions.openChat(chat);
		await bob.sync.actions.openChat(chat);

		const id = ann.sync.actions.sendMessage(chat, { body: "hello" });
		expect(rowsOf(ann.sync.getState(), chat)[0]).toMatchObject({ key: id });
		await until(bob.sync, (state) => bodies(state, chat).includes("hello"));
		await until(ann.sync, (state) => rowsOf(state, chat)[0]?.state === "stored");
		await until(ann.sync, (state) => state.outbox.length === 0);
		expect(rowsOf(ann.sync.getState(), chat)[0]).toMatchObject({ key: id });
		expect(unreadOf(selectChats(bob.sync.getState())[0] as never)).toBe(1);

		await until(ann.sync, (state) => selectTicks(state, chat).deliveredSeq === 1);
		bob.sync.actions.markRead(chat, 1);
		await until(ann.sync, (state) => selectTicks(state, chat).readSeq === 1);

		bob.sync.actions.setTyping(chat, true);
		await until(ann.sync, (state) => selectTyping(state, chat).includes(bob.id));

		ann.sync.actions.editMessage(chat, { seq: 1 }, "hello there");
		await until(bob.sync, (state) => bodies(state, chat).includes("hello there"));
		ann.sync.actions.deleteMessage(chat, { seq: 1 });
		await until(bob.sync, (state) => rowsOf(state, chat)[0]?.message.deleted_at !== null);
		await until(ann.sync, (state) => state.outbox.length === 0);
		for (const { sync } of [ann, bob]) sync.stop();
	}, 60_000);

	it("tells who is here", async () => {
		const ann = await signUp("Ann");
		const bob = await signUp("Bob");
		await befriend(ann, bob);
		ann.sync.actions.watchPresence([bob.id]);
		await until(ann.sync, (state) => state.presence.get(bob.id)?.online === true);
		for (const { sync } of [ann, bob]) sync.stop();
	}, 60_000);

	it("pages, jumps, and catches up after a crash of the server, in order and once", async () => {
		const ann = await signUp("Ann");
		const bob = await signUp("Bob");
		const chat = await befriend(ann, bob);
		await bob.sync.actions.openChat(chat);
		const sent = Array.from({ length: 120 }, (_, i) => `message ${i}`);
		for (const body of sent) ann.sync.actions.sendMessage(chat, { body });
		await until(ann.sync, (state) => state.outbox.length === 0, 30_000);
		await ann.sync.actions.openChat(chat);
		await ann.sync.actions.jumpTo(chat, 10);
		await until(bob.sync, (state) => state.chats.get(chat)?.seq === 120);
		expect(bodies(bob.sync.getState(), chat)).toEqual(sent);
		for (let i = 0; i < 10; i++) await ann.sync.actions.loadOlder(chat);
		expect(bodies(ann.sync.getState(), chat)[0]).toBe("message 0");

		await server.kill();
		const late = Array.from({ length: 20 }, (_, i) => `late ${i}`);
		for (const body of late) ann.sync.actions.sendMessage(chat, { body });
		await server.start();
		for (const { sync } of [ann, bob]) sync.actions.reconnectNow();
		await until(bob.sync, (state) => state.chats.get(chat)?.seq === 140, 40_000);
		await until(ann.sync, (state) => state.outbox.length === 0, 40_000);
		await until(bob.sync, (state) => bodies(state, chat).length >= 140);
		expect(bodies(bob.sync.getState(), chat)).toEqual([...sent, ...late]);
		for (const { sync } of [ann, bob]) sync.stop();
	}, 120_000);
});
