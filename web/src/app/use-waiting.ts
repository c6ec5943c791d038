import { isMuted, unreadOf } from "@/sync/selectors";
import type { State } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { useNow } from "@/ui/use-now";
import type { Waiting } from "./tab-face";

function waitingOf(state: State, now: number): Waiting {
	const waiting = { direct: 0, other: 0 };
	for (const chat of state.chats.values()) {
		if (isMuted(chat, now) || chat.mine.archived) continue;
		waiting[chat.kind === "direct" ? "direct" : "other"] += unreadOf(chat);
	}
	return waiting;
}

/** Unread messages that ask for somebody: of chats neither muted nor archived. One count for rail, title and badge. */
export function useWaiting(): Waiting {
	const now = useNow();
	const direct = useSync((state) => waitingOf(state, now).direct);
	const other = useSync((state) => waitingOf(state, now).other);
	return { direct, other };
}
