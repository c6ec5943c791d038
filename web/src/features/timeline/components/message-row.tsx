import { CircleAlert, Reply, Trash2 } from "lucide-react";
import { memo, type PointerEvent, useState } from "react";
import { longTimeOf, timeOf } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import type { Row } from "@/sync/types";
import { classes } from "@/ui/classes";
import { Icon } from "@/ui/icon";
import type { Anchor } from "@/ui/place";
import { Tick, type TickState } from "@/ui/tick";
import { useContextMenu } from "@/ui/use-context-menu";
import { isFewEmoji } from "../few-emoji";
import type { RowActions } from "../use-row-actions";
import { useSwipe } from "../use-swipe";
import { MessageBar } from "./message-bar";
import { MessageText } from "./message-text";
import { Quote } from "./quote";

type Props = {
	row: Row;
	name: string;
	isOwn: boolean;
	isFirst: boolean;
	isLast: boolean;
	/** Unread rows from here on; above zero, the unread line stands over this row. */
	divider: number;
	isNew: boolean;
	isTabStop: boolean;
	isLit: boolean;
	isGone: boolean;
	canWrite: boolean;
	tick: TickState | null;
	actions: RowActions;
	onMenu: (row: Row, anchor: Anchor) => void;
};

export const MessageRow = memo(function MessageRow(props: Props) {
	const { row, name, isOwn, actions, onMenu } = props;
	const [isPointed, setPointed] = useState(false);
	const { message } = row;
	const isDeleted = props.isGone || message.deleted_at !== null;
	const canReply = props.canWrite && row.state === "stored" && !isDeleted;
	const menu = useContextMenu((anchor) => onMenu(row, anchor));
	const swipe = useSwipe(canReply, () => actions.reply(row));
	return (
		<>
			<UnreadLine count={props.divider} />
			<li
				className={classes(
					"msg",
					isOwn && "msg--own",
					props.isFirst && "is-first",
					props.isLast && "is-last",
					props.isNew && "is-new",
					props.isLit && "is-lit",
					row.state === "failed" && "is-failed",
				)}
				data-key={row.key}
				data-seq={row.state === "stored" ? message.seq : undefined}
				data-rove={row.key}
				tabIndex={props.isTabStop ? 0 : -1}
				onPointerEnter={(event) => event.pointerType === "mouse" && setPointed(true)}
				onPointerLeave={() => setPointed(false)}
				onDoubleClick={(event) => {
					// Beside the bubble; inside it a double click chooses a word.
					const isBeside = (event.target as Element).closest(".msg__col") === null;
					if (canReply && isBeside) actions.reply(row);
				}}
				{...joined(menu, swipe.handlers)}
			>
				<AuthorLine name={isOwn ? null : name} at={message.created_at} />
				<div className="msg__col">
					<Bubble {...props} isDeleted={isDeleted} />
					{isPointed && !isDeleted && row.state !== "failed" && (
						<MessageBar
							row={row}
							isOwn={isOwn}
							canWrite={props.canWrite}
							actions={actions}
							onMenu={onMenu}
						/>
					)}
					{row.state === "failed" && <Failed row={row} actions={actions} />}
				</div>
				{swipe.isSwiping && (
					<span className="msg__swipe">
						<Icon of={Reply} isFlipped />
					</span>
				)}
			</li>
		</>
	);
});

function UnreadLine({ count }: { count: number }) {
	const t = useText();
	if (count <= 0) return null;
	return (
		<li className="unread" data-unread-line>
			{t("timeline.new", { count })}
		</li>
	);
}

/** Who and when, for those who do not see on which side it stands. */
function AuthorLine({ name, at }: { name: string | null; at: number }) {
	const t = useText();
	return (
		<span className="sr">
			{t("timeline.messageBy", { name: name ?? t("timeline.you"), time: timeOf(at) })}
		</span>
	);
}

type PointerWays = ReturnType<typeof useSwipe>["handlers"];

/** Both hear the finger: a long press opens the menu, a swipe replies. */
function joined<Menu extends PointerWays>(menu: Menu, swipe: PointerWays): Menu {
	const both = (name: keyof PointerWays) => (event: PointerEvent<HTMLElement>) => {
		menu[name](event);
		swipe[name](event);
	};
	return {
		...menu,
		onPointerDown: both("onPointerDown"),
		onPointerMove: both("onPointerMove"),
		onPointerUp: both("onPointerUp"),
		onPointerCancel: both("onPointerCancel"),
	};
}

function Bubble({ row, name, isOwn, tick, actions, isDeleted }: Props & { isDeleted: boolean }) {
	const { message } = row;
	return (
		<div className={classes("bubble", !isDeleted && isFewEmoji(message.body) && "bubble--emoji")}>
			{message.reply_to_seq !== null && !isDeleted && (
				<Quote chat={message.chat} seq={message.reply_to_seq} onJump={actions.jump} />
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

function Failed({ row, actions }: { row: Row; actions: RowActions }) {
	const t = useText();
	return (
		<div className="fail" role="status">
			<Icon of={CircleAlert} size="xs" />
			<span dir="auto">{row.pending?.error?.detail || t("timeline.notSent")}</span>
			<button type="button" onClick={() => actions.retry(row)}>
				{t("timeline.retry")}
			</button>
			<button type="button" onClick={() => actions.discard(row)}>
				{t("timeline.delete")}
			</button>
		</div>
	);
}
