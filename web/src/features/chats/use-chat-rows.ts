import { useMemo } from "react";
import { folded } from "@/lib/fold";
import { faceOf } from "@/sync/chat-face";
import { selectChats, unreadOf } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { useSync } from "@/sync/use-sync";

export type Filter = "all" | "unread";

/** The chats of the list, by filter and by what is typed above it. */
export function useChatRows(
	filter: Filter,
	typed: string,
	current: string | null,
): readonly ChatEntry[] {
	const chats = useSync(selectChats);
	const me = useSync((state) => state.me?.id ?? "");
	return useMemo(() => {
		const wanted = folded(typed);
		return chats.filter((chat) => {
			if (chat.mine.archived) return false;
			// The open chat stays in "unread" although reading it empties it: rows must not vanish under a pointer.
			if (filter === "unread" && unreadOf(chat) === 0 && chat.id !== current) return false;
			return wanted === "" || matchesName(chat, me, wanted);
		});
	}, [chats, filter, typed, me, current]);
}

function matchesName(chat: ChatEntry, me: string, wanted: string): boolean {
	const { name, peer } = faceOf(chat, me);
	return (
		folded(name).includes(wanted) ||
		folded(peer?.username ?? "").startsWith(wanted.replace(/^@/, ""))
	);
}
