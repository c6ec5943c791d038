/**
 * The empty state, and the small steps every reducer takes.
 */
import { firstSession } from "./session-machine";
import { emptyTimeline } from "./timeline";
import type { ChatEntry, State, Timeline } from "./types";

export const emptyState: State = {
	me: null,
	session: firstSession,
	epoch: null,
	arev: 0,
	chats: new Map(),
	timelines: new Map(),
	held: new Set(),
	outbox: [],
	drafts: new Map(),
	wishes: new Map(),
	typing: new Map(),
	presence: new Map(),
	online: null,
	isFarewellDue: false,
	isLeader: false,
};

export function withChat(state: State, entry: ChatEntry): State {
	if (state.chats.get(entry.id) === entry) return state;
	return { ...state, chats: new Map(state.chats).set(entry.id, entry) };
}

export function timelineOf(state: State, chat: string): Timeline {
	return state.timelines.get(chat) ?? emptyTimeline;
}

export function withTimeline(state: State, chat: string, timeline: Timeline): State {
	if (state.timelines.get(chat) === timeline) return state;
	return { ...state, timelines: new Map(state.timelines).set(chat, timeline) };
}

export function withHeld(state: State, chat: string, isHeld: boolean): State {
	if (state.held.has(chat) === isHeld) return state;
	const held = new Set(state.held);
	if (isHeld) held.add(chat);
	else held.delete(chat);
	return { ...state, held };
}

/** A copy of the map without the key; the map itself when it was not there. */
export function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
	if (!map.has(key)) return map;
	const copy = new Map(map);
	copy.delete(key);
	return copy;
}
