import { useMemo } from "react";
import { folded } from "@/lib/fold";
import { faceOf } from "@/sync/chat-face";
import { isUnread, selectChats } from "@/sync/selectors";
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
			// Whoever looks for a name finds it wherever it was put.
			if (chat.mine.archived && wanted === "") return false;
			// The open chat stays in "unread" although reading it empties it: rows must not vanish under a pointer.
			if (filter === "unread" && !isUnread(chat) && chat.id !== current) return false;
			return wanted === "" || matchesName(chat, me, wanted);
		});
	}, [chats, filter, typed, me, current]);
}

/** The chats that were put away, the pinned ones first. */
export function useArchived(): readonly ChatEntry[] {
	const chats = useSync(selectChats);
	return useMemo(() => chats.filter((chat) => chat.mine.archived), [chats]);
}

function matchesName(chat: ChatEntry, me: string, wanted: string): boolean {
	const { name, peer } = faceOf(chat, me);
	return (
		folded(name).includes(wanted) ||
		folded(peer?.username ?? "").startsWith(wanted.replace(/^@/, ""))
	);
}
