import { useRef } from "react";
import { unreadOf } from "@/sync/selectors";
import type { ChatEntry, Row, TimelineView } from "@/sync/types";

type Visit = {
	dividerAfter: number | null;
	unread: number;
	/** The last message the line is for; what comes once it is read is for another line. */
	upTo: number;
	openedAt: number;
};

/** Where the reader is: looking elsewhere altogether, or here and at the newest row. */
type Where = { isAway: boolean; isEnd: boolean };

/**
 * What holds for one visit to a chat: where the unread line stands. It is
 * fixed from the moment the rows are there until one leaves. Looking away is
 * leaving, and so is reading further up once all is read: what comes meanwhile
 * gets a line of its own.
 */
export function useVisit(chat: ChatEntry, view: TimelineView, isEnd: boolean) {
	const visit = useRef<Visit | null>(null);
	if (view.isLoaded) visit.current = visitAt(visit.current, chat, { isAway: isAway(), isEnd });
	const { dividerAfter, unread, openedAt } = visit.current ?? NOT_YET;
	return {
		dividerAfter,
		unread,
		/** Only rows written here and now rise; history stands still. */
		isFresh: (row: Row) => row.state !== "stored" && row.message.created_at >= openedAt,
	};
}

const NOT_YET: Visit = {
	dividerAfter: null,
	unread: 0,
	upTo: 0,
	openedAt: Number.POSITIVE_INFINITY,
};

export function isAway(): boolean {
	return document.visibilityState !== "visible" || !document.hasFocus();
}

/** The visit after the chat changed; the same one while its line holds. */
export function visitAt(known: Visit | null, chat: ChatEntry, where: Where): Visit {
	const unread = unreadOf(chat);
	if (known === null) return withLine(chat, Date.now());
	if (unread === 0) return known;
	const isLineRead = chat.read_seq >= known.upTo;
	const isNew = where.isAway ? known.unread !== unread : isLineRead && !where.isEnd;
	if (isNew) return withLine(chat, known.openedAt);
	if (isLineRead || known.upTo === chat.seq) return known;
	// More of the same; counted in as long as nobody has begun to read it.
	const isUntouched = known.dividerAfter === chat.read_seq;
	return { ...known, upTo: chat.seq, unread: isUntouched ? unread : known.unread };
}

function withLine(chat: ChatEntry, openedAt: number): Visit {
	const unread = unreadOf(chat);
	return unread > 0
		? { dividerAfter: chat.read_seq, unread, upTo: chat.seq, openedAt }
		: { dividerAfter: null, unread, upTo: chat.read_seq, openedAt };
}
