import { useMemo } from "react";
import { plainText } from "@/lib/text";
import {
	selectDraft,
	selectOutboxOf,
	selectTicks,
	selectTyping,
	tickOf,
	unreadOf,
} from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { goneRows } from "@/ui/gone-rows";
import type { TickState } from "@/ui/tick";

/** With the time of what was said or asked for last. */
export type Preview = { at: number } & PreviewLine;

type PreviewLine =
	| { kind: "typing" }
	| { kind: "draft"; text: string }
	| { kind: "message"; text: string; isMine: boolean; tick: TickState | null }
	| { kind: "deleted" }
	| { kind: "none" };

const TICKS = {
	waiting: "sending",
	failed: "failed",
	stored: "sent",
	delivered: "delivered",
	read: "read",
} as const;

/** The second line of a list row: typing, then what is new, then the draft, then the last message. */
export function usePreview(chat: ChatEntry, isOpen: boolean): Preview {
	const isTyping = useSync((state) => selectTyping(state, chat.id).length > 0);
	const draft = useSync((state) => selectDraft(state, chat.id));
	const outbox = useSync((state) => selectOutboxOf(state, chat.id));
	const ticks = useSync((state) => selectTicks(state, chat.id));
	const me = useSync((state) => state.me?.id ?? "");

	const gone = goneRows.use();
	const pending = outbox.findLast(
		({ kind, stored, id }) => kind === "send" && stored === null && !gone.has(id),
	);
	const isNews = unreadOf(chat) > 0 && chat.last_at > (draft?.updatedAt ?? 0);
	const at = pending?.createdAt ?? chat.last_at;
	const message = chat.last_message;
	const isGone =
		message !== null && gone.has(message.client_id ?? `${message.chat}.${message.seq}`);

	return useMemo(() => {
		if (isTyping) return { at, kind: "typing" };
		// What one is writing right now needs no reminder.
		if (draft?.body.trim() && !isOpen && !isNews)
			return { at, kind: "draft", text: plainText(draft.body) };
		if (pending) {
			const tick = pending.state === "failed" ? "failed" : "sending";
			return { at, kind: "message", text: plainText(pending.body), isMine: true, tick };
		}
		if (message === null) return { at, kind: "none" };
		if (message.deleted_at !== null || isGone) return { at, kind: "deleted" };
		const isMine = message.sender === me;
		const tick = isMine
			? TICKS[tickOf({ key: "", message, state: "stored", pending: null }, ticks)]
			: null;
		return { at, kind: "message", text: plainText(message.body), isMine, tick };
	}, [at, draft, isGone, isNews, isOpen, isTyping, me, message, pending, ticks]);
}
