import { useMemo } from "react";
import { useText } from "@/i18n/use-text";
import { plainText } from "@/lib/text";
import type { Row } from "@/sync/types";
import { useActions } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { showToast } from "@/ui/toast";
import { deleteLater, UNDO_MS, undoDelete } from "./undo-delete";

export type RowActions = {
	reply: (row: Row) => void;
	edit: (row: Row) => void;
	remove: (row: Row) => void;
	copy: (row: Row) => void;
	copyLink: (row: Row) => void;
	retry: (row: Row) => void;
	discard: (row: Row) => void;
	jump: (seq: number) => void;
};

type Callbacks = {
	onReply: (row: Row) => void;
	onEdit: (row: Row) => void;
	onJump: (seq: number) => void;
};

/** A stored row is named by its seq, one that waits by its client id. */
export function targetOf(row: Row): { seq: number } | { clientId: string } {
	return row.state === "stored"
		? { seq: row.message.seq }
		: { clientId: row.message.client_id ?? row.key };
}

export function useRowActions(chat: string, { onReply, onEdit, onJump }: Callbacks): RowActions {
	const t = useText();
	const actions = useActions();
	return useMemo(() => {
		function remove(row: Row) {
			deleteLater(row.key, () => actions.deleteMessage(chat, targetOf(row)));
			const undo = { label: t("app.undo"), onPress: () => undoDelete(row.key) };
			showToast(t("timeline.deleted"), undo, UNDO_MS);
		}
		function copyOut(text: string) {
			void navigator.clipboard.writeText(text);
			announce(t("app.copied"));
		}
		return {
			reply: onReply,
			edit: onEdit,
			jump: onJump,
			remove,
			copy: (row) =>
				copyOut(getSelection()?.toString() || row.message.body || plainText(row.message.body)),
			copyLink: (row) => copyOut(`${location.origin}/chats/${chat}?at=${row.message.seq}`),
			retry: (row) => row.pending && actions.retry(row.pending.id),
			discard: (row) => row.pending && actions.discard(row.pending.id),
		};
	}, [actions, chat, onEdit, onJump, onReply, t]);
}
