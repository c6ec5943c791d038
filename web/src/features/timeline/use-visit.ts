import { useRef } from "react";
import { unreadOf } from "@/sync/selectors";
import type { ChatEntry, Row, TimelineView } from "@/sync/types";

type Visit = { dividerAfter: number | null; unread: number; isFresh: (row: Row) => boolean };

/**
 * What holds for one visit to a chat: where the unread line stands, fixed from
 * the moment the rows are there until one leaves; and which rows came since.
 */
export function useVisit(chat: ChatEntry, view: TimelineView): Visit {
	const visit = useRef<(Visit & { openedAt: number }) | null>(null);
	if (visit.current === null && view.isLoaded) {
		const unread = unreadOf(chat);
		const openedAt = Date.now();
		visit.current = {
			dividerAfter: unread > 0 ? chat.read_seq : null,
			unread,
			openedAt,
			// Only rows written here and now rise; history stands still.
			isFresh: (row) => row.state !== "stored" && row.message.created_at >= openedAt,
		};
	}
	return visit.current ?? NOT_YET;
}

const NOT_YET: Visit = { dividerAfter: null, unread: 0, isFresh: () => false };
