import { Reply } from "lucide-react";
import { type MouseEvent, memo, type PointerEvent, useState } from "react";
import { timeOf } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import type { Row } from "@/sync/types";
import { classes } from "@/ui/classes";
import { Icon } from "@/ui/icon";
import type { Anchor } from "@/ui/place";
import type { TickState } from "@/ui/tick";
import { useContextMenu } from "@/ui/use-context-menu";
import { isAnswerable, type RowActions } from "../use-row-actions";
import { useSwipe } from "../use-swipe";
import { Bubble } from "./bubble";
import { MessageBar } from "./message-bar";
import { PickMark } from "./pick-mark";
import { Reactions } from "./reactions";
import { isRefused, Refused } from "./refused";

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
	/** Rows are being chosen: a press anywhere on one chooses it. */
	isPicking: boolean;
	isPicked: boolean;
	canWrite: boolean;
	tick: TickState | null;
	actions: RowActions;
	onMenu: (row: Row, anchor: Anchor) => void;
	onReact: (row: Row, anchor: Anchor) => void;
	onPick: (row: Row, isRange: boolean) => void;
};

export const MessageRow = memo(function MessageRow(props: Props) {
	const { row, name, isOwn, isPicking, actions, onMenu } = props;
	const [isPointed, setPointed] = useState(false);
	const isDeleted = props.isGone || row.message.deleted_at !== null;
	const canReply = isAnswerable(row, props.canWrite, isDeleted) && !isPicking;
	const pick = usePick(props, isDeleted);
	const menu = useContextMenu((anchor) => {
		// The menu lies where the pointer is; the bar would look out from under it.
		setPointed(false);
		if (isPicking) pick.choose();
		else onMenu(row, anchor);
	});
	const swipe = useSwipe(canReply, () => actions.reply(row));
	return (
		<>
			{props.divider > 0 && <UnreadLine count={props.divider} />}
			<li
				className={lookOf(props)}
				data-key={row.key}
				data-seq={row.state === "stored" ? row.message.seq : undefined}
				data-rove={row.key}
				tabIndex={props.isTabStop ? 0 : -1}
				onPointerEnter={(event) => event.pointerType === "mouse" && setPointed(true)}
				onPointerLeave={() => setPointed(false)}
				onDoubleClick={(event) => {
					// Beside the bubble; inside it a double click chooses a word.
					const isBeside = (event.target as Element).closest(".msg__col") === null;
					if (canReply && isBeside) actions.reply(row);
				}}
				{...pick.handlers}
				{...joined(menu, swipe.handlers)}
			>
				{isPicking && !isDeleted && <PickMark isPicked={props.isPicked} />}
				<AuthorLine name={isOwn ? null : name} at={row.message.created_at} />
				<div className="msg__col">
					<Bubble {...props} isDeleted={isDeleted} />
					{!isDeleted && row.message.reactions.length > 0 && <Reactions {...props} />}
					{isPointed && !isPicking && !isDeleted && row.state !== "failed" && (
						<MessageBar {...props} />
					)}
					{isRefused(row) && <Refused row={row} canWrite={props.canWrite} actions={actions} />}
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

function lookOf(props: Props): string {
	return classes(
		"msg",
		props.isOwn && "msg--own",
		props.isFirst && "is-first",
		props.isLast && "is-last",
		props.isNew && "is-new",
		props.isLit && "is-lit",
		props.isPicked && "is-picked",
		props.row.state === "failed" && "is-failed",
	);
}

/**
 * While rows are chosen, a press on one is for choosing and for nothing in it.
 * Before, only Shift begins it, and never where it marks text or a link.
 */
function usePick({ row, isPicking, onPick }: Props, isDeleted: boolean) {
	const isOurs = (event: MouseEvent) =>
		isPicking ||
		(event.shiftKey &&
			getSelection()?.isCollapsed !== false &&
			(event.target as Element).closest("a, button") === null);
	return {
		choose: () => !isDeleted && onPick(row, false),
		handlers: {
			onMouseDown(event: MouseEvent) {
				// The browser would mark everything from its last place to here.
				if (event.shiftKey && isOurs(event)) event.preventDefault();
			},
			onClickCapture(event: MouseEvent) {
				if (!isOurs(event)) return;
				event.preventDefault();
				event.stopPropagation();
				if (!isDeleted) onPick(row, event.shiftKey);
			},
		},
	};
}

function UnreadLine({ count }: { count: number }) {
	const t = useText();
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
