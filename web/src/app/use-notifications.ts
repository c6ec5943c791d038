import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
import { translate } from "@/i18n/setup";
import { plainText } from "@/lib/text";
import { faceOf } from "@/sync/chat-face";
import { isMuted, selectChat } from "@/sync/selectors";
import type { Notice, State } from "@/sync/types";
import { useNotices, useSync } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { closeNotification, isInFront, notifyOf } from "./notification";

/**
 * What arrives while one looks elsewhere: spoken when the chat is open,
 * shown by the system when the page is not in front, by one tab only.
 */
export function useNotifications(open: string | null): void {
	const navigate = useNavigate();
	const state = useRef<State | null>(null);
	const unspoken = useRef(0);
	useSync((current) => {
		state.current = current;
		return current.isLeader;
	});

	const handleNotice = useCallback(
		(notice: Notice) => {
			if (notice.kind !== "message" || notice.isMine || !notice.isLive || state.current === null)
				return;
			const chat = selectChat(state.current, notice.chat);
			if (chat === null) return;
			const isQuiet = isMuted(chat, Date.now()) || chat.mine.archived;
			if (isQuiet && (chat.id !== open || !isInFront())) return;
			const name = faceOf(chat, state.current.me?.id ?? "").name;
			unspoken.current++;
			announce(() => {
				const count = unspoken.current;
				unspoken.current = 0;
				return count > 1
					? translate("timeline.announceMany", { count })
					: translate("timeline.announce", { name });
			});
			if (isInFront() || !state.current.isLeader) return;
			notifyOf({
				chat: notice.chat,
				name,
				body: plainText(notice.message.body),
				onOpen: () => void navigate({ to: "/chats/$chat", params: { chat: notice.chat } }),
			});
		},
		[navigate, open],
	);
	useNotices(handleNotice);

	useEffect(() => {
		if (open === null) return;
		const close = () => closeNotification(open);
		addEventListener("focus", close);
		return () => removeEventListener("focus", close);
	}, [open]);
}
