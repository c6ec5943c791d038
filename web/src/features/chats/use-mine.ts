import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import type { ChatEntry } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { showToast } from "@/ui/toast";

/** The last moment that a date can name: muted until then is muted for ever. */
export const FOR_EVER = 8_640_000_000_000_000;

/** What one may choose about a chat for oneself, each said aloud as it is done. */
export function useMine(chat: ChatEntry) {
	const t = useText();
	const actions = useActions();
	const { name } = useSync((state) => faceOf(chat, state.me?.id ?? ""));
	const archive = (archived: boolean) => actions.setMine(chat.id, { archived });
	return {
		name,
		pin(pinned: boolean) {
			actions.setMine(chat.id, { pinned });
			announce(t(pinned ? "mine.pinned" : "mine.unpinned", { name }));
		},
		mute(until: number | null) {
			actions.setMine(chat.id, { muted_until: until });
			announce(t(until === null ? "mine.unmuted" : "mine.muted", { name }));
		},
		markUnread() {
			actions.setMine(chat.id, { unread_seq: chat.read_seq });
			announce(t("mine.markedUnread", { name }));
		},
		markRead() {
			actions.setMine(chat.id, { unread_seq: null });
			actions.markRead(chat.id, chat.seq);
			announce(t("mine.markedRead", { name }));
		},
		/** Deletes what was there up to this place. */
		remove: (upTo: number) => actions.deleteChat(chat.id, upTo),
		/** The notice is spoken by itself. */
		tellDeleted: () => showToast(t("mine.deleted", { name })),
		/** The row leaves the list it is in; the notice of it is spoken by itself. */
		archive(isWanted: boolean) {
			archive(isWanted);
			const undo = { label: t("app.undo"), onPress: () => archive(!isWanted) };
			showToast(t(isWanted ? "mine.archived" : "mine.unarchived", { name }), undo);
		},
	};
}
