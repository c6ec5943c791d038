import { ArrowUp, Check } from "lucide-react";
import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { useText } from "@/i18n/use-text";
import type { Row } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { IconButton } from "@/ui/button";
import { useLook } from "@/ui/look";
import { MOD } from "@/ui/platform";
import { useDraft } from "../use-draft";
import { insert } from "../wrap";
import { ComposerContext } from "./composer-context";
import { ComposerField } from "./composer-field";
import { EmojiButton } from "./emoji-button";

const MOST_CHARACTERS = 8000;

type Props = {
	chat: string;
	name: string;
	editing: Row | null;
	onEditEnd: () => void;
	/** ↑ in an empty field. */
	onEditLast: () => void;
	onJump: (seq: number) => void;
	/** A message was sent: the timeline goes to its end. */
	onSent: () => void;
};

/** The field at the foot of a chat: new messages, replies and edits. Mounted anew for each chat. */
export function Composer({ chat, name, editing, onEditEnd, onEditLast, onJump, onSent }: Props) {
	const t = useText();
	const actions = useActions();
	const field = useRef<HTMLTextAreaElement>(null);
	const draft = useDraft(chat);
	const edit = useEdit(editing);
	const { sendKey } = useLook();
	const isOffline = useSync(
		({ session }) => session.status === "offline" || session.status === "reconnecting",
	);
	const text = editing ? edit.text : draft.text;
	const tooLong = Array.from(text).length - MOST_CHARACTERS;
	const canSend = text.trim() !== "" && tooLong <= 0;
	useFieldFocus(field, editing, draft.replyToSeq);

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

	const sendKeys = sendKey === "enter" ? "Enter" : `${MOD} Enter`;
	return (
		<footer className="composer" id="composer" data-region="composer">
			<form className="composer__in" onSubmit={submit}>
				<ComposerContext
					chat={chat}
					editing={editing}
					replyToSeq={draft.replyToSeq}
					onCancel={() => {
						cancel();
						field.current?.focus();
					}}
					onJump={onJump}
				/>
				<div className="composer__row">
					<ComposerField
						ref={field}
						value={text}
						label={t("composer.label", { name })}
						placeholder={
							isOffline ? t("composer.placeholderOffline") : t("composer.placeholder", { name })
						}
						onChange={editing ? edit.setText : draft.change}
						onSubmit={submit}
						onCancel={cancel}
						onUp={onEditLast}
						onBlur={() => actions.setTyping(chat, false)}
					/>
					{tooLong > 0 && (
						<span className="composer__over bad num" role="status">
							{t("composer.tooLong", { count: tooLong })}
						</span>
					)}
					<EmojiButton onPick={(emoji) => field.current && insert(field.current, emoji)} />
					<IconButton
						type="submit"
						label={t(editing ? "composer.saveEdit" : "composer.send")}
						keys={sendKeys}
						icon={editing ? Check : ArrowUp}
						isSolid={canSend}
						aria-disabled={!canSend || undefined}
					/>
				</div>
			</form>
		</footer>
	);
}

function targetOf(row: Row) {
	return row.state === "stored"
		? { seq: row.message.seq }
		: { clientId: row.message.client_id ?? row.key };
}

/** The text of an edit lives apart, so that the draft underneath comes back untouched. */
function useEdit(editing: Row | null) {
	const [text, setText] = useState("");
	const [of, setOf] = useState<string | null>(null);
	const key = editing?.key ?? null;
	if (key !== of) {
		setOf(key);
		setText(editing?.message.body ?? "");
	}
	return { text, setText };
}

/** An edit or a reply that begins brings the cursor here, at the end of the text. */
function useFieldFocus(
	field: React.RefObject<HTMLTextAreaElement | null>,
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
