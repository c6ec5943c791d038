import { Pencil, Reply, X } from "lucide-react";
import { useText } from "@/i18n/use-text";
import { plainText } from "@/lib/text";
import { selectMember } from "@/sync/selectors";
import type { Row } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { IconButton } from "@/ui/button";
import { Icon } from "@/ui/icon";

type Props = {
	chat: string;
	editing: Row | null;
	replyToSeq: number | null;
	onCancel: () => void;
	onJump: (seq: number) => void;
};

/** The line above the field that says what the next words are for. */
export function ComposerContext({ chat, editing, replyToSeq, onCancel, onJump }: Props) {
	const t = useText();
	const message = useSync((state) =>
		replyToSeq === null ? null : (state.timelines.get(chat)?.bySeq.get(replyToSeq) ?? null),
	);
	const author = useSync((state) => {
		if (message === null) return null;
		return message.sender === state.me?.id
			? ""
			: (selectMember(state, chat, message.sender)?.name ?? null);
	});
	if (editing) {
		return (
			<Line
				icon={<Icon of={Pencil} size="s" />}
				title={t("composer.editing")}
				text={plainText(editing.message.body)}
				cancel={t("composer.cancelEdit")}
				onCancel={onCancel}
				onJump={() => onJump(editing.message.seq)}
			/>
		);
	}
	if (replyToSeq === null) return null;
	const title = author ? t("composer.replyingTo", { name: author }) : t("composer.replyingToYou");
	return (
		<Line
			icon={<Icon of={Reply} size="s" isFlipped />}
			title={author === null ? t("timeline.reply") : title}
			text={message === null ? t("timeline.quoteFar") : plainText(message.body)}
			cancel={t("composer.cancelReply")}
			onCancel={onCancel}
			onJump={() => onJump(replyToSeq)}
		/>
	);
}

type LineProps = {
	icon: React.ReactNode;
	title: string;
	text: string;
	cancel: string;
	onCancel: () => void;
	onJump: () => void;
};

function Line({ icon, title, text, cancel, onCancel, onJump }: LineProps) {
	return (
		<div className="composer__ctx">
			{icon}
			<button type="button" className="grow composer__what" onClick={onJump}>
				<b>{title}</b>
				<span className="t2 clip" dir="auto">
					{text}
				</span>
			</button>
			<IconButton label={cancel} keys="Esc" icon={X} size="s" onClick={onCancel} />
		</div>
	);
}
