import { useMemo } from "react";
import { longTimeOf } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import type { Actions, Row } from "@/sync/types";
import { useActions } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { copyOut } from "@/ui/copy-out";
import { markedTextIn } from "@/ui/marked-text";
import { showToast } from "@/ui/toast";
import { rowOf } from "./dom-scroller";
import { copyOf } from "./selection";
import { deleteLater, type Target, undoDelete } from "./undo-delete";

export type RowActions = {
	reply: (row: Row) => void;
	edit: (row: Row) => void;
	remove: (row: Row) => void;
	copy: (row: Row) => void;
	copyLink: (row: Row) => void;
	retry: (row: Row) => void;
	discard: (row: Row) => void;
	/** Gives the message an emoji, or takes one's own back. */
	react: (row: Row, emoji: string, on: boolean) => void;
	/** Several at once: copied with who said each and when, deleted with one way back. */
	copyAll: (rows: readonly Row[], nameOf: (account: string) => string) => void;
	removeAll: (rows: readonly Row[]) => void;
	/** Their words go to others; `onDone` is called once they are on their way. */
	forward: (rows: readonly Row[], onDone?: () => void) => void;
	/** To what the row answers. */
	toQuoted: (row: Row) => void;
};

type Callbacks = {
	onReply: (row: Row) => void;
	onEdit: (row: Row) => void;
	onForward: RowActions["forward"];
	onQuoted: (seq: number, reply: number) => void;
};

/** Whether one may reply or react to it: it has a place, its words stand, and the chat is open. */
export function isAnswerable({ state }: Row, canWrite: boolean, isDeleted: boolean): boolean {
	return canWrite && state === "stored" && !isDeleted;
}

/** A stored row is named by its seq, one that waits by its client id. */
function targetOf(row: Row): Target {
	return row.state === "stored"
		? { seq: row.message.seq }
		: { clientId: row.message.client_id ?? row.key };
}

/**
 * Deletes the rows when the time to undo is over, and gives the way back. What is
 * unsent stays so meanwhile, or goes at once where another tab may send it; null
 * when that was all.
 */
function takeAway(rows: readonly Row[], chat: string, actions: Actions): (() => void) | null {
	const unsent = rows.filter(({ state }) => state !== "stored");
	const atOnce = new Set(unsent.filter(({ key }) => !actions.holdMessage(key, true)));
	for (const row of atOnce) actions.deleteMessage(chat, targetOf(row));
	const later = rows.filter((row) => !atOnce.has(row));
	for (const row of later)
		deleteLater(row.key, { account: row.message.sender, chat, target: targetOf(row) }, () =>
			actions.deleteMessage(chat, targetOf(row)),
		);
	if (later.length === 0) return null;
	return () => {
		for (const { key } of later) undoDelete(key);
		for (const { key } of unsent) actions.holdMessage(key, false);
	};
}

export function useRowActions(chat: string, callbacks: Callbacks): RowActions {
	const { onReply, onEdit, onForward, onQuoted } = callbacks;
	const t = useText();
	const actions = useActions();
	return useMemo(() => {
		const discard = (row: Row) => row.pending && actions.discard(row.pending.id);
		function removeAll(rows: readonly Row[]) {
			for (const row of rows.filter(({ state }) => state === "failed")) discard(row);
			const kept = rows.filter(({ state }) => state !== "failed");
			if (kept.length === 0) return;
			const undo = takeAway(kept, chat, actions);
			const text =
				kept.length === 1
					? t("timeline.deleted")
					: t("timeline.deletedMany", { count: kept.length });
			showToast(text, undo ? { label: t("app.undo"), onPress: undo } : undefined);
		}
		return {
			reply: onReply,
			edit(row) {
				onEdit(row);
				// The words of a refused change are in the field again; the refusal is over.
				if (row.state === "stored" && row.pending?.state === "failed") discard(row);
			},
			toQuoted: ({ message: { reply_to_seq, seq } }) =>
				reply_to_seq !== null && onQuoted(reply_to_seq, seq),
			forward: onForward,
			remove: (row) => removeAll([row]),
			removeAll,
			copy: (row) => {
				const element = rowOf(document.body, row.key);
				void copyOut((element && markedTextIn(element)) || row.message.body);
			},
			copyAll: (rows, nameOf) =>
				void copyOut(
					copyOf(rows, ({ message: { sender, created_at } }) =>
						t("timeline.messageBy", { name: nameOf(sender), time: longTimeOf(created_at) }),
					),
				),
			copyLink: (row) => void copyOut(`${location.origin}/chats/${chat}?at=${row.message.seq}`),
			react({ message: { seq } }, emoji, on) {
				actions.react(chat, seq, emoji, on);
				announce(t(on ? "timeline.reacted" : "timeline.unreacted", { emoji }));
			},
			retry: (row) => row.pending && actions.retry(row.pending.id),
			discard,
		};
	}, [actions, chat, onEdit, onForward, onQuoted, onReply, t]);
}
