/**
 * What lies between a client and the model server, with all its faults: calls
 * and answers that get lost, events that are dropped, doubled or overtaken,
 * connections that are cut.
 */
import { type Api, toApiError, toOfflineError } from "@/api/client";
import type { ClientCalls } from "@/api/wire.gen";
import type { Clock } from "@/sync/clock";
import type { ServerEvent, Socket, SocketListener } from "@/sync/socket";
import type { MineChange } from "@/sync/types";
import { account, type ModelServer, Refusal } from "./model-server";

export type Faults = {
	/** Chances, 0 to 1. */
	lostCall: number;
	lostAnswer: number;
	busy: number;
	dropped: number;
	doubled: number;
	/** The longest time an event takes, in ms: beyond a few, events overtake each other. */
	slowest: number;
};

export const noFaults: Faults = {
	lostCall: 0,
	lostAnswer: 0,
	busy: 0,
	dropped: 0,
	doubled: 0,
	slowest: 0,
};

const TIMEOUT_MS = 10_000;

export type ModelNetwork = ReturnType<typeof createModelNetwork>;

export function createModelNetwork(server: ModelServer, clock: Clock, random: () => number) {
	const links = new Set<{ who: string; listener: SocketListener }>();
	/** Whose login has ended, by their own wish. */
	const over = new Set<string>();
	/** How often each person signed in again: a sign-out ends the login it was said with. */
	const logins = new Map<string, number>();
	/** What was said without asking for an answer. */
	const told: string[] = [];
	let faults = noFaults;
	let isDown = false;

	const chance = (p: number) => p > 0 && random() < p;

	function deliver(link: { who: string; listener: SocketListener }, event: ServerEvent): void {
		const wait = faults.slowest === 0 ? 0 : random() * faults.slowest;
		clock.after(wait, () => {
			if (links.has(link)) link.listener.onEvent(event);
		});
	}

	server.onPublish((to, event) => {
		for (const link of links) {
			if (link.who !== to || chance(faults.dropped)) continue;
			deliver(link, event);
			if (chance(faults.doubled)) deliver(link, event);
		}
	});

	/** One question and its answer, each of which may be lost. */
	function ask<T>(work: () => T): Promise<T> {
		return new Promise((resolve, reject) => {
			const silence = () => clock.after(TIMEOUT_MS, () => reject(toOfflineError("timeout")));
			if (isDown || chance(faults.lostCall)) {
				silence();
				return;
			}
			clock.after(random() * (5 + faults.slowest), () => {
				try {
					if (chance(faults.busy)) throw new Refusal(503, "busy", 1);
					const answer = structuredClone(work());
					if (isDown || chance(faults.lostAnswer)) silence();
					else clock.after(random() * (5 + faults.slowest), () => resolve(answer));
				} catch (error) {
					reject(error instanceof Refusal ? toApiError(error.problem) : error);
				}
			});
		});
	}

	function answerTo(who: string, name: keyof ClientCalls, body: unknown): unknown {
		switch (name) {
			case "message.send":
				return { message: server.send(who, body as ClientCalls["message.send"]["ask"]) };
			case "message.edit":
				return { message: server.edit(who, body as ClientCalls["message.edit"]["ask"]) };
			case "reaction.set":
				return { message: server.react(who, body as ClientCalls["reaction.set"]["ask"]) };
			case "message.delete":
				server.remove(who, body as ClientCalls["message.delete"]["ask"]);
				return {};
			case "chat.read":
				server.mark(who, body as ClientCalls["chat.read"]["ask"], true);
				return {};
			case "chat.delivered":
				server.mark(who, body as ClientCalls["chat.delivered"]["ask"], false);
				return {};
			case "sync":
				return server.sync(who, body as ClientCalls["sync"]["ask"]);
			case "sync.check":
				return server.check(who, body as ClientCalls["sync.check"]["ask"]);
			case "presence.watch":
				return server.watch(who, body as ClientCalls["presence.watch"]["ask"]);
			default:
				return {};
		}
	}

	function cut(who: string): void {
		for (const link of [...links]) {
			if (link.who !== who) continue;
			links.delete(link);
			link.listener.onClose(null);
		}
	}

	/** Tells a person's sockets that the login was ended elsewhere. */
	function revoke(who: string): void {
		for (const link of [...links]) {
			if (link.who !== who) continue;
			link.listener.onEvent({ name: "login.revoked", body: { reason: "ended" } });
		}
	}

	function createSocket(who: string): Socket {
		let link: { who: string; listener: SocketListener } | null = null;
		const drop = () => {
			if (link !== null) links.delete(link);
			link = null;
		};
		return {
			open(listener) {
				drop();
				const mine = { who, listener };
				link = mine;
				clock.after(5, () => {
					if (link !== mine) return;
					if (isDown || chance(faults.lostCall)) {
						listener.onClose(null);
						return;
					}
					if (over.has(who)) {
						listener.onClose(new Refusal(401, "login.ended").problem);
						return;
					}
					// Subscribed before `ready`, as the real server is.
					links.add(mine);
					const body = { account: who, epoch: server.epoch(), arev: server.arev(who) };
					clock.after(1, () => {
						if (links.has(mine)) listener.onEvent({ name: "ready", body });
					});
				});
			},
			close: drop,
			call(name, body) {
				const mine = link;
				if (mine === null || !links.has(mine)) return Promise.reject(toOfflineError("closed"));
				return ask(() => answerTo(who, name, body)).then((answer) => {
					// An answer cannot outlive its connection.
					if (!links.has(mine)) throw toOfflineError("closed");
					return answer as never;
				});
			},
			tell: (name, body) => void told.push(`${name} ${body.on}`),
		};
	}

	function createApi(who: string): Api {
		return {
			refresh: () =>
				ask(() => {
					if (over.has(who)) throw new Refusal(401, "login.ended");
				}),
			call(_method, path, request = {}) {
				const [, , first, chat = "", last] = path.split("/");
				const query = (request.query ?? {}) as Record<string, number>;
				const login = logins.get(who);
				return ask((): unknown => {
					if (first === "logout") {
						const isOver = over.has(who) || login !== logins.get(who);
						if (isOver) throw new Refusal(401, "login.ended");
						over.add(who);
						revoke(who);
						return {};
					}
					if (over.has(who)) throw new Refusal(401, "login.ended");
					if (first === "me") return { account: account(who) };
					if (last === "mine") {
						return { mine: server.setMine(who, chat, request.body as MineChange) };
					}
					if (last === "messages") return server.page(who, chat, query);
					if (last === "changes") {
						return server.changes(who, chat, { rev: query.rev ?? 0, seq: query.seq ?? 0 });
					}
					return { chat: server.chat(who, chat) };
				}) as Promise<never>;
			},
		};
	}

	return {
		createSocket,
		createApi,
		told: () => [...told],
		cut,
		farewells: () => [...over],
		revoke,
		/** The person signs in again. */
		welcome: (who: string) => {
			over.delete(who);
			logins.set(who, (logins.get(who) ?? 0) + 1);
		},
		cutAll: () => {
			for (const link of [...links]) cut(link.who);
		},
		setDown: (down: boolean) => {
			isDown = down;
		},
		setFaults: (next: Faults) => {
			faults = next;
		},
	};
}
