import { useMatch } from "@tanstack/react-router";
import { useRef } from "react";
import { useText } from "@/i18n/use-text";
import type { ChatEntry } from "@/sync/types";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { keepRowFocus } from "../row-focus";
import { useMine } from "../use-mine";

/** Deletes a chat for oneself, once it is said what that means. */
export function DeleteDialog({ chat, onClose }: { chat: ChatEntry; onClose: () => void }) {
	const t = useText();
	const open = useMatch({ from: "/app/chats/$chat", shouldThrow: false })?.params.chat;
	const { name, remove, tellDeleted } = useMine(chat);
	// What comes while one reads the question was not meant by it.
	const { seq } = useRef(chat).current;

	function handleDelete() {
		keepRowFocus(chat.id);
		onClose();
		remove(seq);
		// One that is open tells it itself, as it closes.
		if (open !== chat.id) tellDeleted();
	}

	return (
		<Dialog title={t("chats.deleteTitle")} onClose={onClose}>
			<p className="t2 small-plus">{t("chats.deleteText", { name })}</p>
			<DialogActions>
				<Button tone="ghost" onClick={onClose}>
					{t("app.cancel")}
				</Button>
				<Button tone="danger" onClick={handleDelete}>
					{t("chats.deleteDo")}
				</Button>
			</DialogActions>
		</Dialog>
	);
}
