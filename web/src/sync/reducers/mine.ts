/**
 * What of a chat is one's own: of two the later version counts, in whatever
 * order they come, and over it lies what was asked for on this device since.
 */
import type { Mine } from "@/api/wire.gen";
import { withChat, without } from "../state";
import type { ChatEntry, State, Wish } from "../types";

export const NO_MINE: Mine = {
	version: 0,
	muted_until: null,
	pinned: false,
	archived: false,
	unread_seq: null,
};

/** The entry with what the server says, unless a later version is held. */
export function holdMine(entry: ChatEntry, mine: Mine, wish: Wish | undefined): ChatEntry {
	const heldMine = mine.version < entry.heldMine.version ? entry.heldMine : mine;
	return { ...entry, heldMine, mine: toShown(heldMine, wish) };
}

export function toShown(held: Mine, wish: Wish | undefined): Mine {
	return wish === undefined ? held : { ...held, ...wish.change };
}

export function applyMine(state: State, chat: string, mine: Mine): State {
	const entry = state.chats.get(chat);
	if (entry === undefined || mine.version <= entry.heldMine.version) return state;
	return withChat(state, holdMine(entry, mine, state.wishes.get(chat)));
}

/** Shows what was asked for, or what the server holds once nothing is. */
export function placeWish(state: State, chat: string, wish: Wish | null): State {
	if ((state.wishes.get(chat) ?? null) === wish) return state;
	const wishes =
		wish === null ? without(state.wishes, chat) : new Map(state.wishes).set(chat, wish);
	const entry = state.chats.get(chat);
	const next = { ...state, wishes };
	if (entry === undefined) return next;
	return withChat(next, { ...entry, mine: toShown(entry.heldMine, wish ?? undefined) });
}
