import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { refusalText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import type { Notice } from "@/sync/types";
import { useNotices } from "@/sync/use-sync";
import { showToast } from "@/ui/toast";

/**
 * A change that was refused in a chat one has left is told wherever one is now;
 * a reaction always, for nothing is left of it where it was.
 */
export function useRefusals(open: string | null): void {
	const t = useText();
	const navigate = useNavigate();
	const handleNotice = useCallback(
		(notice: Notice) => {
			if (notice.kind === "wish-refused") showToast(t("mine.refused"));
			if (notice.kind !== "failed" || notice.entry.kind === "send") return;
			const { kind, chat, target, error } = notice.entry;
			if (kind === "react") {
				// In our own words or none: the server's are English.
				const known = error && { ...error, detail: "" };
				showToast(refusalText(known, t) ?? t("timeline.notReacted"));
				return;
			}
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
