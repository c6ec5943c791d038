import { type FormEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Row } from "@/sync/types";
import { useActions } from "@/sync/use-sync";
import { useKeptEdits } from "./kept-edits";
import { useDraft } from "./use-draft";

/** The server refuses more. */
const MOST_CHARACTERS = 4096;

type Options = {
	chat: string;
	editing: Row | null;
	onEditEnd: () => void;
	/** A message was sent: the timeline goes to its end. */
	onSent: () => void;
};

/** What stands in the field, what it is for, and what becomes of it. */
export function useWriting(field: RefObject<HTMLTextAreaElement | null>, options: Options) {
	const { chat, editing, onEditEnd, onSent } = options;
	const actions = useActions();
	const draft = useDraft(chat);
	const edit = useEdit(chat, editing);
	const text = editing ? edit.text : draft.text;
	const tooLong = Array.from(text).length - MOST_CHARACTERS;
	const canSend = text.trim() !== "" && tooLong <= 0;
	useFieldFocus(field, editing, draft.replyToSeq);

	/** Ends an edit or a reply; gives true when there was one. */
	const cancel = useCallback(() => {
		if (editing) onEditEnd();
		else if (draft.replyToSeq !== null)
			actions.saveDraft(chat, { body: draft.text, replyToSeq: null });
		else return false;
		return true;
	}, [actions, chat, draft.replyToSeq, draft.text, editing, onEditEnd]);

	function submit(event?: FormEvent) {
		event?.preventDefault();
		if (!canSend) return;
		const body = text.trim();
		if (editing) {
			if (body !== editing.message.body) actions.editMessage(chat, targetOf(editing), body);
			onEditEnd();
		} else {
			actions.sendMessage(chat, { body, replyToSeq: draft.replyToSeq });
			actions.setTyping(chat, false);
			onSent();
		}
		field.current?.focus();
	}

	const change = editing ? edit.setText : draft.change;
	return { text, change, replyToSeq: draft.replyToSeq, tooLong, canSend, cancel, submit };
}

function targetOf(row: Row) {
	return row.state === "stored"
		? { seq: row.message.seq }
		: { clientId: row.message.client_id ?? row.key };
}

/** What the message says, or what a refused change would have had it say. */
function wordsOf({ message, pending }: Row): string {
	const isRefused = pending?.kind === "edit" && pending.state === "failed";
	return isRefused ? pending.body : message.body;
}

/** The text of an edit lives apart, so that the draft underneath comes back untouched. */
function useEdit(chat: string, editing: Row | null) {
	const kept = useKeptEdits();
	const [text, setText] = useState("");
	const [of, setOf] = useState<string | null>(null);
	const key = editing?.key ?? null;
	if (key !== of) {
		setOf(key);
		const begun = kept.get(chat);
		setText(begun && begun.row.key === key ? begun.text : editing ? wordsOf(editing) : "");
	}
	useEffect(() => {
		if (editing) kept.set(chat, { row: editing, text });
		else kept.delete(chat);
	}, [chat, editing, kept, text]);
	return { text, setText };
}

/** An edit or a reply that begins brings the cursor here, at the end of the text. */
function useFieldFocus(
	field: RefObject<HTMLTextAreaElement | null>,
	editing: Row | null,
	replyToSeq: number | null,
) {
	const isFirst = useRef(true);
	const editKey = editing?.key ?? null;
	// biome-ignore lint/correctness/useExhaustiveDependencies: the focus follows a new edit or reply, not each letter.
	useEffect(() => {
		const isOpening = isFirst.current;
		isFirst.current = false;
		// Opening a chat with a finger must not throw the keyboard over it.
		if (isOpening && matchMedia("(pointer: coarse)").matches) return;
		const element = field.current;
		element?.focus({ preventScroll: true });
		element?.setSelectionRange(element.value.length, element.value.length);
	}, [editKey, replyToSeq]);
}
