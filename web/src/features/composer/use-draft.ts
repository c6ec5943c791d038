import { useCallback } from "react";
import { selectDraft } from "@/sync/selectors";
import { useActions, useSync } from "@/sync/use-sync";

/**
 * The text in the field of one chat. It stands in the store alone: what was
 * sent from here or from another tab is gone from the field in the same step.
 */
export function useDraft(chat: string) {
	const actions = useActions();
	const draft = useSync((state) => selectDraft(state, chat));
	const replyToSeq = draft?.replyToSeq ?? null;
	const change = useCallback(
		(body: string) => {
			actions.saveDraft(chat, { body, replyToSeq });
			actions.setTyping(chat, body.trim() !== "");
		},
		[actions, chat, replyToSeq],
	);
	return { text: draft?.body ?? "", replyToSeq, change };
}
