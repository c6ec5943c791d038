import { useMemo } from "react";
import { plainText } from "@/lib/text";
import { selectDraft, selectOutboxOf, selectTicks, selectTyping, tickOf } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import type { TickState } from "@/ui/tick";

export type Preview =
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

/** The second line of a list row: typing, then the draft, then the last message. */
export function usePreview(chat: ChatEntry, isOpen: boolean): Preview {
	const isTyping = useSync((state) => selectTyping(state, chat.id).length > 0);
	const draft = useSync((state) => selectDraft(state, chat.id));
	const outbox = useSync((state) => selectOutboxOf(state, chat.id));
	const ticks = useSync((state) => selectTicks(state, chat.id));
	const me = useSync((state) => state.me?.id ?? "");

	return useMemo(() => {
		if (isTyping) return { kind: "typing" };
		// What one is writing right now needs no reminder.
		if (draft?.body.trim() && !isOpen) return { kind: "draft", text: plainText(draft.body) };
		const pending = outbox.findLast((entry) => entry.kind === "send" && entry.stored === null);
		if (pending) {
			const tick = pending.state === "failed" ? "failed" : "sending";
			return { kind: "message", text: plainText(pending.body), isMine: true, tick };
		}
		const message = chat.last_message;
		if (message === null) return { kind: "none" };
		if (message.deleted_at !== null) return { kind: "deleted" };
		const isMine = message.sender === me;
		const tick = isMine
			? TICKS[tickOf({ key: "", message, state: "stored", pending: null }, ticks)]
			: null;
		return { kind: "message", text: plainText(message.body), isMine, tick };
	}, [chat.last_message, draft, isOpen, isTyping, me, outbox, ticks]);
}
