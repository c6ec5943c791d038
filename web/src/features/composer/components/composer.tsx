import { ArrowUp, Check } from "lucide-react";
import { useRef } from "react";
import { useText } from "@/i18n/use-text";
import type { Row } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { IconButton } from "@/ui/button";
import { useFootHeight } from "@/ui/foot-height";
import { latePart, useLatePart } from "@/ui/late-part";
import { useLook } from "@/ui/look";
import { MOD } from "@/ui/platform";
import { EmojiButton } from "../emoji/emoji-button";
import { type Offer, useShortcode } from "../emoji/use-shortcode";
import { useStrayWords } from "../use-stray-words";
import { useWriting } from "../use-writing";
import { insert } from "../wrap";
import { ComposerContext } from "./composer-context";
import { ComposerField } from "./composer-field";

const completionPart = latePart(() =>
	import("../emoji/emoji-completion").then((module) => module.EmojiCompletion),
);

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
	const writing = useWriting(field, { chat, editing, onEditEnd, onSent });
	const shortcode = useShortcode(field, writing.text);
	const placeholder = usePlaceholder(name);
	const foot = useRef<HTMLElement>(null);
	useStrayWords(field);
	useFootHeight(foot);

	return (
		<footer ref={foot} className="composer" id="composer" data-region="composer">
			<form className="composer__in" onSubmit={writing.submit}>
				<Completion offer={shortcode.open} />
				<ComposerContext
					chat={chat}
					editing={editing}
					replyToSeq={writing.replyToSeq}
					onCancel={() => {
						writing.cancel();
						field.current?.focus();
					}}
					onJump={onJump}
				/>
				<div className="composer__row">
					<ComposerField
						ref={field}
						value={writing.text}
						label={t("composer.label", { name })}
						placeholder={placeholder}
						onChange={writing.change}
						onSubmit={writing.submit}
						onCancel={writing.cancel}
						onUp={onEditLast}
						onBlur={() => {
							shortcode.close();
							actions.setTyping(chat, false);
						}}
						onKeyFirst={shortcode.handleKey}
						onCaret={shortcode.follow}
						list={shortcode.list}
					/>
					<EmojiButton onPick={(emoji) => field.current && insert(field.current, emoji)} />
					<SendButton isEdit={editing !== null} canSend={writing.canSend} />
				</div>
				<TooLong by={writing.tooLong} />
			</form>
		</footer>
	);
}

function Completion({ offer }: { offer: Offer | null }) {
	const EmojiCompletion = useLatePart(completionPart, offer !== null);
	return offer && EmojiCompletion && <EmojiCompletion {...offer} />;
}

function usePlaceholder(name: string): string {
	const t = useText();
	const isOffline = useSync(
		({ session }) => session.status === "offline" || session.status === "reconnecting",
	);
	return isOffline ? t("composer.placeholderOffline") : t("composer.placeholder", { name });
}

function TooLong({ by }: { by: number }) {
	const t = useText();
	// The region stands before its words do, or readers stay silent.
	return (
		<p className="composer__over bad num" role="status">
			{by > 0 && t("composer.tooLong", { count: by })}
		</p>
	);
}

function SendButton({ isEdit, canSend }: { isEdit: boolean; canSend: boolean }) {
	const t = useText();
	const { sendKey } = useLook();
	return (
		<IconButton
			type="submit"
			label={t(isEdit ? "composer.saveEdit" : "composer.send")}
			keys={sendKey === "enter" ? "Enter" : `${MOD} Enter`}
			icon={isEdit ? Check : ArrowUp}
			isSolid={canSend}
			aria-disabled={!canSend || undefined}
		/>
	);
}
