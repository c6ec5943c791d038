import { useCallback, useEffect, useRef, useState } from "react";
import { selectDraft } from "@/sync/selectors";
import { useActions, useSync } from "@/sync/use-sync";

/**
 * The text in the field of one chat. The store keeps it as it is typed; a
 * draft restored late is taken over only while nothing was typed here.
 */
export function useDraft(chat: string) {
	const actions = useActions();
	const draft = useSync((state) => selectDraft(state, chat));
	const [text, setText] = useState(draft?.body ?? "");
	const isTouched = useRef(false);

	useEffect(() => {
		if (!isTouched.current && draft !== null) setText(draft.body);
	}, [draft]);

	const replyToSeq = draft?.replyToSeq ?? null;
	const change = useCallback(
		(body: string) => {
			isTouched.current = true;
			setText(body);
			actions.saveDraft(chat, { body, replyToSeq });
			actions.setTyping(chat, body.trim() !== "");
		},
		[actions, chat, replyToSeq],
	);

	/** Empties the field at once, so that a late save cannot bring sent words back. */
	const clear = useCallback(() => {
		isTouched.current = true;
		setText("");
	}, []);

	return { text, replyToSeq, change, clear };
}
