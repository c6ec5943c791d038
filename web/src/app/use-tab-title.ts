import { useEffect, useState } from "react";
import { unreadOf } from "@/sync/selectors";
import type { State } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { useNow } from "@/ui/use-now";
import { createTabFace, type Waiting } from "./tab-face";

function waitingOf(state: State, now: number): Waiting {
	const waiting = { direct: 0, other: 0 };
	for (const chat of state.chats.values()) {
		const isMuted = chat.muted_until !== null && chat.muted_until > now;
		if (isMuted || chat.archived) continue;
		waiting[chat.kind === "direct" ? "direct" : "other"] += unreadOf(chat);
	}
	return waiting;
}

/** The tab's title and mark: a number for direct messages, a dot for other activity. */
export function useTabTitle(): void {
	const now = useNow();
	const direct = useSync((state) => waitingOf(state, now).direct);
	const other = useSync((state) => waitingOf(state, now).other);
	const [face] = useState(createTabFace);
	useEffect(() => face.follow({ direct, other }), [face, direct, other]);
	useEffect(() => face.close, [face]);
}
