import { createContext, type ReactNode, use, useCallback, useState } from "react";
import type { Row } from "@/sync/types";
import type { Anchor } from "./scroll-anchor";

/** Where one left a chat, so that it opens there again. */
export type LeftPlace = {
	/** A row in view, to load the others around. */
	readonly seq: number;
	readonly anchor: Anchor;
};

type LeftPlaces = Map<string, LeftPlace>;

const LeftPlacesContext = createContext<LeftPlaces | null>(null);

/**
 * Keeps the places for as long as it is mounted, which must be no longer than
 * one account is signed in. In memory only: after a reload hours may have gone
 * by, and what is new counts more than where one once was; and what is never
 * written needs no wiping.
 */
export function LeftPlacesProvider({ children }: { children: ReactNode }) {
	const [places] = useState<LeftPlaces>(() => new Map());
	return <LeftPlacesContext value={places}>{children}</LeftPlacesContext>;
}

/** At the end there is nothing to come back to: the end, or what is unread by then, is where a chat opens. */
export function leavePlace(
	places: LeftPlaces,
	chat: string,
	anchor: Anchor,
	rows: readonly Row[],
): void {
	const keys = new Set(anchor.rows.map(({ key }) => key));
	// The lowest of them, since most of what is in view lies below the highest.
	const row = rows.findLast(({ key, message }) => keys.has(key) && message.seq > 0);
	if (anchor.mode === "rows" && row) places.set(chat, { seq: row.message.seq, anchor });
	else places.delete(chat);
}

/** Where one left the chat before this visit, and how to leave it again. A permalink leads elsewhere. */
export function useLeftPlace(chat: string, permalink: number | null) {
	const places = use(LeftPlacesContext);
	if (places === null) throw new Error("LeftPlacesProvider is missing above this component");
	const [left] = useState(() => (permalink === null ? (places.get(chat) ?? null) : null));
	const leave = useCallback(
		(anchor: Anchor, rows: readonly Row[]) => leavePlace(places, chat, anchor, rows),
		[places, chat],
	);
	return { left, leave };
}
