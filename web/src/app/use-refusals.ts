import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { useText } from "@/i18n/use-text";
import type { Notice } from "@/sync/types";
import { useNotices } from "@/sync/use-sync";
import { showToast } from "@/ui/toast";

/** A change that was refused in a chat one has left is told wherever one is now. */
export function useRefusals(open: string | null): void {
	const t = useText();
	const navigate = useNavigate();
	const handleNotice = useCallback(
		(notice: Notice) => {
			if (notice.kind !== "failed" || notice.entry.kind === "send") return;
			const { kind, chat, target } = notice.entry;
			if (chat === open) return;
			const at = target?.seq ?? undefined;
			const show = () =>
				void navigate({ to: "/chats/$chat", params: { chat }, search: at ? { at } : {} });
			const text = t(kind === "edit" ? "timeline.notSaved" : "timeline.notDeleted");
			showToast(text, { label: t("app.show"), onPress: show });
		},
		[navigate, open, t],
	);
	useNotices(handleNotice);
}
