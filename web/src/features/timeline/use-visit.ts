import { useRef } from "react";
import { unreadOf } from "@/sync/selectors";
import type { ChatEntry, Row, TimelineView } from "@/sync/types";

type Visit = {
	dividerAfter: number | null;
	unread: number;
	openedAt: number;
};

/**
 * What holds for one visit to a chat: where the unread line stands. It is
 * fixed from the moment the rows are there until one leaves; and looking away
 * is leaving, so what comes meanwhile gets a line of its own.
 */
export function useVisit(chat: ChatEntry, view: TimelineView) {
	const visit = useRef<Visit | null>(null);
	if (view.isLoaded) visit.current = visitAt(visit.current, chat, isAway());
	const { dividerAfter, unread, openedAt } = visit.current ?? NOT_YET;
	return {
		dividerAfter,
		unread,
		/** Only rows written here and now rise; history stands still. */
		isFresh: (row: Row) => row.state !== "stored" && row.message.created_at >= openedAt,
	};
}

const NOT_YET: Visit = { dividerAfter: null, unread: 0, openedAt: Number.POSITIVE_INFINITY };

export function isAway(): boolean {
	return document.visibilityState !== "visible" || !document.hasFocus();
}

/** The visit after the chat changed; the same one while the person is here. */
export function visitAt(known: Visit | null, chat: ChatEntry, away: boolean): Visit {
	const unread = unreadOf(chat);
	if (known !== null && (!away || unread === 0 || known.unread === unread)) return known;
	return {
		dividerAfter: unread > 0 ? chat.read_seq : null,
		unread,
		openedAt: known?.openedAt ?? Date.now(),
	};
}
