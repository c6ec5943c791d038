import type { Member } from "@/api/wire.gen";
import type { ChatEntry } from "./types";

/** What a chat is called and how it is drawn, for one of its members. */
export type ChatFace = {
	/** Chooses the hue: the other person of a direct chat, else the chat. */
	readonly id: string;
	readonly name: string;
	readonly photo: string | null;
	readonly isGroup: boolean;
	readonly peer: Member | null;
};

const faces = new WeakMap<ChatEntry, ChatFace>();

/** A direct chat wears the other person's face. Stable per entry. */
export function faceOf(chat: ChatEntry, me: string): ChatFace {
	const known = faces.get(chat);
	if (known) return known;
	const peer = chat.kind === "group" ? null : otherOf(chat, me);
	const face: ChatFace = {
		id: peer?.account ?? chat.id,
		name: peer?.name ?? chat.title ?? "…",
		photo: peer?.photo ?? chat.photo,
		isGroup: chat.kind === "group",
		peer,
	};
	faces.set(chat, face);
	return face;
}

function otherOf(chat: ChatEntry, me: string): Member | null {
	for (const member of chat.members.values()) if (member.account !== me) return member;
	return null;
}

/** The direct chat with this person, if there is one. */
export function directChatWith(
	chats: ReadonlyMap<string, ChatEntry>,
	account: string,
): string | null {
	for (const chat of chats.values())
		if (chat.kind === "direct" && chat.members.has(account)) return chat.id;
	return null;
}
