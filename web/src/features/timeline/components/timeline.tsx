import {
	type Ref,
	type RefObject,
	useCallback,
	useImperativeHandle,
	useMemo,
	useRef,
	useState,
} from "react";
import { faceOf } from "@/sync/chat-face";
import { unreadOf } from "@/sync/selectors";
import type { ChatEntry, Row, TimelineView } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { classes } from "@/ui/classes";
import { latePart, useLatePart } from "@/ui/late-part";
import type { Anchor } from "@/ui/place";
import { rowOf } from "../dom-scroller";
import { layOut } from "../layout";
import { usePendingDeletes } from "../undo-delete";
import { useDayJump } from "../use-day-jump";
import type { useJump } from "../use-jump";
import { isAnswerable, type RowActions, useRowActions } from "../use-row-actions";
import { useRowKeys } from "../use-row-keys";
import { type Picking, useSelection } from "../use-selection";
import { useWay } from "../use-way";
import { JumpButton } from "./jump-button";
import { MessageList } from "./message-list";
import { SelectionBar } from "./selection-bar";
import { TimelineEdge } from "./timeline-edge";
import { TypingRow } from "./typing-row";

const menuPart = latePart(() => import("./message-menu").then((module) => module.MessageMenu));
const pickerPart = latePart(() => import("./day-picker").then((module) => module.DayPicker));

type Props = {
	chat: ChatEntry;
	canWrite: boolean;
	/** A permalink: open around this message instead of the unread line. */
	at: number | null;
	/** The step that led there; another one each time. */
	asked: string | null;
	onReply: (row: Row) => void;
	onEdit: (row: Row) => void;
	/** Another emoji than those at hand is wanted, beside this element; `onPick` takes it. */
	onEmoji: (beside: Element, onPick: (emoji: string) => void) => void;
	onForward: RowActions["forward"];
	ref: Ref<TimelineWays>;
};

export type TimelineWays = {
	/** A message was written here: the rows go to their end. */
	toSent: () => void;
	/** One looked for this message. */
	toHit: (seq: number) => void;
};

/** The messages of one chat. Mounted anew for each chat, so nothing leaks from one to the next. */
export function Timeline({ chat, canWrite, at, asked, onEmoji, ref: ways, ...callbacks }: Props) {
	const ref = useRef<HTMLDivElement>(null);
	const me = useSync((state) => state.me?.id ?? "");
	const name = faceOf(chat, me).name;
	const { view, visit, scroll, jump, back, meet } = useWay(ref, chat, { at, asked });
	useImperativeHandle(ways, () => jump);
	const actions = useRowActions(chat.id, { ...callbacks, onQuoted: back.toQuoted });
	const days = useDays(view, me, visit.dividerAfter);
	const { picking, menu, keys, day } = useHands(ref, view, jump, canWrite);
	const handleMore = (row: Row) => {
		const bubble = ref.current && rowOf(ref.current, row.key)?.querySelector(".bubble");
		if (bubble) onEmoji(bubble, (emoji) => actions.react(row, emoji, true));
	};

	return (
		<>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: the rows inside take the focus; the frame only moves it. */}
			<div
				ref={ref}
				className={classes("scroll timeline", picking.rows.length > 0 && "is-picking")}
				onScroll={scroll.handleScroll}
				onPointerDown={meet}
				onWheel={meet}
				onKeyDown={keys.handleKey}
				data-region="messages"
			>
				<div className="timeline__in">
					<TimelineEdge view={view} chat={chat} name={name} />
					<MessageList
						days={days}
						chat={chat}
						name={name}
						isBusy={view.isJumping}
						unread={visit.unread}
						isFresh={visit.isFresh}
						tabStop={keys.tabStop}
						lit={jump.lit}
						{...{ canWrite, actions, picking }}
						onMenu={menu.show}
						onReact={menu.showEmoji}
						onDay={day.choose}
					/>
					<TypingRow chat={chat.id} />
				</div>
			</div>
			<JumpButton
				isShown={view.isLoaded && !scroll.isEnd}
				unread={unreadOf(chat)}
				onJump={() => jump.toNext(visit.dividerAfter)}
				onBack={back.goBack}
			/>
			<SelectionBar {...{ chat, me, canWrite, actions, picking }} />
			<MenuLayer {...{ menu, me, canWrite, actions, picking }} onMore={handleMore} />
			<DayLayer chat={chat} day={day} />
		</>
	);
}

/** What one does to rows by hand: choosing some, the menu of one, keys, going to a day. */
function useHands(
	ref: RefObject<HTMLElement | null>,
	view: TimelineView,
	jump: ReturnType<typeof useJump>,
	canWrite: boolean,
) {
	const picking = useSelection(usePickable(view));
	const menu = useMenu(canWrite);
	const keys = useRowKeys(ref, view.rows, picking, menu.show, menu.showEmoji);
	const day = useDayJump(ref, jump, keys.setTabStop);
	return { picking, menu, keys, day };
}

type OpenMenu = { row: Row; anchor: Anchor; isReact: boolean };

/** Of which row the menu is open, where, and whether for its emoji alone. */
function useMenu(canWrite: boolean) {
	const [open, setOpen] = useState<OpenMenu | null>(null);
	const gone = usePendingDeletes();
	const isDeleted = useCallback(
		({ key, message }: Row) => message.deleted_at !== null || gone.has(key),
		[gone],
	);
	const show = useCallback(
		(row: Row, anchor: Anchor) => {
			// Of what was deleted before it was sent nothing is left to do.
			if (row.state === "stored" || !isDeleted(row)) setOpen({ row, anchor, isReact: false });
		},
		[isDeleted],
	);
	const showEmoji = useCallback(
		(row: Row, anchor: Anchor) => {
			if (isAnswerable(row, canWrite, isDeleted(row))) setOpen({ row, anchor, isReact: true });
		},
		[canWrite, isDeleted],
	);
	return { open, isDeleted, show, showEmoji, close: () => setOpen(null) };
}

type MenuLayerProps = {
	menu: ReturnType<typeof useMenu>;
	me: string;
	canWrite: boolean;
	actions: RowActions;
	picking: Picking;
	onMore: (row: Row) => void;
};

function MenuLayer({ menu, me, canWrite, actions, picking, onMore }: MenuLayerProps) {
	const MessageMenu = useLatePart(menuPart, menu.open !== null, menu.close);
	if (menu.open === null || MessageMenu === null) return null;
	const { row } = menu.open;
	return (
		<MessageMenu
			{...menu.open}
			{...{ me, canWrite, actions, onMore }}
			isOwn={row.message.sender === me}
			isDeleted={menu.isDeleted(row)}
			onPick={(row) => picking.pick(row, false)}
			onClose={menu.close}
		/>
	);
}

type DayLayerProps = { chat: ChatEntry; day: ReturnType<typeof useDayJump> };

function DayLayer({ chat, day }: DayLayerProps) {
	const DayPicker = useLatePart(pickerPart, day.from !== null, day.close);
	if (day.from === null || DayPicker === null) return null;
	return (
		<DayPicker
			chat={chat}
			from={day.from}
			onFound={day.handleFound}
			onBeginning={() => day.go(Math.max(1, chat.first_seq))}
			onClose={day.close}
		/>
	);
}

/** What is on its way out can no longer be chosen. */
function usePickable({ rows }: TimelineView) {
	const gone = usePendingDeletes();
	return useMemo(
		() => (gone.size === 0 ? rows : rows.filter(({ key }) => !gone.has(key))),
		[rows, gone],
	);
}

function useDays({ rows }: TimelineView, me: string, dividerAfter: number | null) {
	return useMemo(() => layOut(rows, me, dividerAfter), [rows, me, dividerAfter]);
}
