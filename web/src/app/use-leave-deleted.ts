import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { keepRowFocus } from "@/features/chats/row-focus";
import { keepArchive } from "@/features/chats/use-archive";
import { useText } from "@/i18n/use-text";
import { isEmpty } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { showToast } from "@/ui/toast";
import { useOver } from "./use-over";

/**
 * A chat that is deleted while it is open closes, wherever it was deleted. No
 * step of the history is left that leads back into it, nor into what lies over it.
 * Opened after that, to write into, it stays.
 */
export function useLeaveDeleted(chat: ChatEntry, name: string): void {
	const t = useText();
	const navigate = useNavigate();
	const upTo = chat.mine.hidden_upto_seq;
	const [before] = useState(upTo);
	const isDeleted = upTo > before && isEmpty(chat);
	const { over, close } = useOver();
	// biome-ignore lint/correctness/useExhaustiveDependencies: it is left once for each step of it.
	useEffect(() => {
		if (!isDeleted) return;
		if (over !== null) close();
		else void navigate({ to: "/chats", state: keepArchive, replace: true });
	}, [isDeleted, over]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: told once, in the words of that moment.
	useEffect(() => {
		if (!isDeleted) return;
		showToast(t("mine.deleted", { name }));
		return () => keepRowFocus(chat.id);
	}, [isDeleted]);
}
