import { useMatch, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
import { translate } from "@/i18n/setup";
import { plainText } from "@/lib/text";
import { faceOf } from "@/sync/chat-face";
import { selectChat } from "@/sync/selectors";
import type { Notice, State } from "@/sync/types";
import { useNotices, useSync } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { currentLook } from "@/ui/look";

/**
 * What arrives while one looks elsewhere: spoken when the chat is open,
 * shown by the system when the page is not in front, by one tab only.
 */
export function useNotifications(): void {
	const navigate = useNavigate();
	const match = useMatch({ from: "/app/chats/$chat", shouldThrow: false });
	const open = match?.params.chat ?? null;
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
			if (chat === null || isMuted(chat.muted_until)) return;
			const name = faceOf(chat, state.current.me?.id ?? "").name;
			const isInFront = document.visibilityState === "visible" && document.hasFocus();
			unspoken.current++;
			announce(() => {
				const count = unspoken.current;
				unspoken.current = 0;
				return count > 1
					? translate("timeline.announceMany", { count })
					: translate("timeline.announce", { name });
			});
			if (isInFront && open === notice.chat) return;
			if (!isInFront && state.current.isLeader) {
				show(name, plainText(notice.message.body), notice.chat, () => {
					void navigate({ to: "/chats/$chat", params: { chat: notice.chat } });
				});
			}
		},
		[navigate, open],
	);
	useNotices(handleNotice);

	// A page in front owes nobody a reminder of what it shows.
	useEffect(() => {
		if (open === null) return;
		const close = () => shown.get(open)?.close();
		addEventListener("focus", close);
		return () => removeEventListener("focus", close);
	}, [open]);
}

const shown = new Map<string, Notification>();

function isMuted(until: number | null): boolean {
	return until !== null && until > Date.now();
}

function show(name: string, body: string, chat: string, onOpen: () => void) {
	if (
		!currentLook().hasNotifications ||
		!("Notification" in window) ||
		Notification.permission !== "granted"
	)
		return;
	const notification = new Notification(translate("notify.title", { name }), {
		body,
		tag: chat,
		icon: "/app-icon.svg",
	});
	shown.set(chat, notification);
	notification.onclose = () => shown.delete(chat);
	notification.onclick = () => {
		window.focus();
		notification.close();
		onOpen();
	};
}
