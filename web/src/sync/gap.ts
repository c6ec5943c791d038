/**
 * The order of a chat's events. Pure.
 *
 * An event is the next one (`rev` one above what is held), an old one, or
 * early. Early ones wait here, sorted; whoever owns the queue decides how long.
 */
import type { Message } from "@/api/wire.gen";

export type ChatEvent = {
	readonly chat: string;
	readonly rev: number;
	/** Null when the change is not a row's: the chat's or a member's fields. */
	readonly row: Message | null;
};

export type Held = readonly ChatEvent[];

/** Puts an early event in its place; the same rev twice is one event. */
export function hold(held: Held, event: ChatEvent): Held {
	if (held.some((other) => other.rev === event.rev)) return held;
	return [...held, event].sort((a, b) => a.rev - b.rev);
}

export type Taken = { readonly next: ChatEvent | null; readonly rest: Held };

/** The held event that is next after `rev`, if it is there; older ones are dropped. */
export function take(held: Held, rev: number): Taken {
	const rest = held.filter((event) => event.rev > rev);
	const first = rest[0];
	if (first === undefined || first.rev !== rev + 1) return { next: null, rest };
	return { next: first, rest: rest.slice(1) };
}
