import { Trash2 } from "lucide-react";
import { longTimeOf, timeOf } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import type { Row } from "@/sync/types";
import { classes } from "@/ui/classes";
import { Icon } from "@/ui/icon";
import { Tick, type TickState } from "@/ui/tick";
import { isFewEmoji } from "../few-emoji";
import type { RowActions } from "../use-row-actions";
import { MessageText } from "./message-text";
import { Quote } from "./quote";

type Props = {
	row: Row;
	name: string;
	isOwn: boolean;
	isDeleted: boolean;
	tick: TickState | null;
	actions: RowActions;
};

/** What was said: the quote, the words, and when. */
export function Bubble({ row, name, isOwn, tick, actions, isDeleted }: Props) {
	const { message } = row;
	return (
		<div className={classes("bubble", !isDeleted && isFewEmoji(message.body) && "bubble--emoji")}>
			{message.reply_to_seq !== null && !isDeleted && (
				<Quote
					chat={message.chat}
					seq={message.reply_to_seq}
					onJump={() => actions.toQuoted(row)}
				/>
			)}
			<div className="bubble__b" dir="auto">
				{isDeleted ? <Tombstone isOwn={isOwn} name={name} /> : <MessageText body={message.body} />}
				<BubbleEnd row={row} isDeleted={isDeleted} tick={tick} />
			</div>
		</div>
	);
}

function Tombstone({ isOwn, name }: { isOwn: boolean; name: string }) {
	const t = useText();
	return (
		<span className="tomb">
			<Icon of={Trash2} size="s" />
			{isOwn ? t("timeline.deletedByYou") : t("timeline.deletedByThem", { name })}
		</span>
	);
}

type EndProps = { row: Row; isDeleted: boolean; tick: TickState | null };

function BubbleEnd({ row, isDeleted, tick }: EndProps) {
	const t = useText();
	const { created_at, edited_at } = row.message;
	const at = new Date(created_at).toISOString();
	return (
		<span className="bubble__end">
			{edited_at !== null && !isDeleted && (
				<bdi title={t("timeline.editedAt", { time: longTimeOf(edited_at) })}>
					{t("timeline.edited")}
				</bdi>
			)}
			{/* The author line above already speaks the time; twice would tire a listener. */}
			<time dir="auto" dateTime={at} title={longTimeOf(created_at)} aria-hidden="true">
				{timeOf(created_at)}
			</time>
			{tick && !isDeleted && <Tick state={tick} label={t(`timeline.tick.${tick}`)} />}
		</span>
	);
}
