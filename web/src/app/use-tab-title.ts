import { useEffect } from "react";
import { translate } from "@/i18n/setup";
import { unreadOf } from "@/sync/selectors";
import type { State } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { useNow } from "@/ui/use-now";

type Waiting = { direct: number; other: number };

function waitingOf(state: State, now: number): Waiting {
	const waiting: Waiting = { direct: 0, other: 0 };
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
	useEffect(() => {
		const name = translate("app.name");
		document.title = direct > 0 ? translate("title.unread", { count: direct, title: name }) : name;
		const mark =
			direct > 0 ? "/favicon-mention.svg" : other > 0 ? "/favicon-dot.svg" : "/favicon.svg";
		document.getElementById("favicon")?.setAttribute("href", mark);
		if (direct > 0) void navigator.setAppBadge?.(direct).catch(() => undefined);
		else void navigator.clearAppBadge?.().catch(() => undefined);
	}, [direct, other]);
}
