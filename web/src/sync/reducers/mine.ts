/**
 * What of a chat is one's own: of two the later version counts, in whatever
 * order they come, and over it lies what was asked for on this device since.
 */
import type { Mine } from "@/api/wire.gen";
import { withChat, without } from "../state";
import type { ChatEntry, State, Wish } from "../types";
import { withoutHidden } from "./hidden";

export const NO_MINE: Mine = {
	version: 0,
	muted_until: null,
	pinned: false,
	archived: false,
	unread_seq: null,
	hidden_upto_seq: 0,
};

/** The entry with what the server says, unless a later version is held. */
export function holdMine(entry: ChatEntry, mine: Mine, wish: Wish | undefined): ChatEntry {
	const heldMine = mine.version < entry.heldMine.version ? entry.heldMine : mine;
	return { ...entry, heldMine, mine: toShown(heldMine, wish) };
}

export function toShown(held: Mine, wish: Wish | undefined): Mine {
	if (wish === undefined) return held;
	const hidden = Math.max(held.hidden_upto_seq, wish.change.hidden_upto_seq ?? 0);
	return { ...held, ...wish.change, hidden_upto_seq: hidden };
}

export function applyMine(state: State, chat: string, mine: Mine): State {
	const entry = state.chats.get(chat);
	if (entry === undefined || mine.version <= entry.heldMine.version) return state;
	return withoutHidden(withChat(state, holdMine(entry, mine, state.wishes.get(chat))), chat);
}

/** What is left of the wish in this epoch: what is hidden comes never back, so it must be what was seen. */
export function inEpoch(wish: Wish, epoch: string | null): Wish {
	if (wish.epoch === epoch || wish.epoch === null || epoch === null) return wish;
	const { hidden_upto_seq: _, ...change } = wish.change;
	return { ...wish, change };
}

/** Shows what was asked for, or what the server holds once nothing is. */
export function placeWish(state: State, chat: string, wish: Wish | null): State {
	if ((state.wishes.get(chat) ?? null) === wish) return state;
	const wishes =
		wish === null ? without(state.wishes, chat) : new Map(state.wishes).set(chat, wish);
	const entry = state.chats.get(chat);
	const next = { ...state, wishes };
	if (entry === undefined) return next;
	const shown = { ...entry, mine: toShown(entry.heldMine, wish ?? undefined) };
	return withoutHidden(withChat(next, shown), chat);
}
