/** The REST calls that the chat state is made from. */
import type { Api } from "./client";
import type { Account, Changes, Chat, MessagePage, Mine, MinePatch, OneMine } from "./wire.gen";

export type PageAt = { before: number } | { after: number } | { around: number } | "latest";

export async function fetchMe(api: Api): Promise<Account> {
	return (await api.call<{ account: Account }>("GET", "/v1/me")).account;
}

export async function fetchChat(api: Api, chat: string): Promise<Chat> {
	return (await api.call<{ chat: Chat }>("GET", `/v1/chats/${chat}`)).chat;
}

export async function setMine(api: Api, chat: string, change: MinePatch): Promise<Mine> {
	return (await api.call<OneMine>("PATCH", `/v1/chats/${chat}/mine`, { body: change })).mine;
}

export function fetchPage(api: Api, chat: string, at: PageAt, limit: number): Promise<MessagePage> {
	const query: Record<string, number> = { limit };
	if (at !== "latest") {
		if ("before" in at) query.before_seq = at.before;
		else if ("after" in at) query.after_seq = at.after;
		else query.around_seq = at.around;
	}
	return api.call("GET", `/v1/chats/${chat}/messages`, { query });
}

export function fetchChanges(api: Api, chat: string, rev: number, seq: number): Promise<Changes> {
	return api.call("GET", `/v1/chats/${chat}/changes`, { query: { rev, seq } });
}
