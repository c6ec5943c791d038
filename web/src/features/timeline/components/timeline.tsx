import { ChevronDown } from "lucide-react";
import {
	type KeyboardEvent,
	type Ref,
	type RefObject,
	useCallback,
	useEffect,
	useImperativeHandle,
	useMemo,
	useRef,
	useState,
} from "react";
import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import { selectTimeline, unreadOf } from "@/sync/selectors";
import type { ChatEntry, Row, TimelineView } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { Icon } from "@/ui/icon";
import type { Anchor } from "@/ui/place";
import { useRoving } from "@/ui/use-roving";
import { layOut } from "../layout";
import { useJump } from "../use-jump";
import { useReading } from "../use-reading";
import { useRowActions } from "../use-row-actions";
import { useScroll } from "../use-scroll";
import { useVisit } from "../use-visit";
import { MessageList } from "./message-list";
import { MessageMenu } from "./message-menu";
import { TimelineEdge } from "./timeline-edge";
import { TypingRow } from "./typing-row";

type Props = {
	chat: ChatEntry;
	canWrite: boolean;
	/** A permalink: open around this message instead of the unread line. */
	at: number | null;
	onReply: (row: Row) => void;
	onEdit: (row: Row) => void;
	/** Calling it tells that a message was written here: the rows go to their end. */
	ref: Ref<() => void>;
};

type Menu = { row: Row; anchor: Anchor };

/** The messages of one chat. Mounted anew for each chat, so nothing leaks from one to the next. */
export function Timeline({ chat, canWrite, at, onReply, onEdit, ref: sent }: Props) {
	const ref = useRef<HTMLDivElement>(null);
	const me = useSync((state) => state.me?.id ?? "");
	const { view, visit, scroll, jump } = useWay(ref, chat, at);
	const [menu, setMenu] = useState<Menu | null>(null);
	useImperativeHandle(sent, () => jump.toSent, [jump.toSent]);
	const rowActions = useRowActions(chat.id, { onReply, onEdit, onJump: jump.toSeq });
	const days = useDays(view, me, visit.dividerAfter);
	const roving = useRoving(ref, view.rows.at(-1)?.key ?? null);
	const handleMenu = useCallback((row: Row, anchor: Anchor) => setMenu({ row, anchor }), []);

	function handleKey(event: KeyboardEvent<HTMLElement>) {
		roving.handleKeyDown(event);
		const element = event.target as HTMLElement;
		const row = view.rows.find(({ key }) => key === element.dataset.rove);
		if (event.key !== "Enter" || !row) return;
		event.preventDefault();
		setMenu({ row, anchor: { element } });
	}

	const name = faceOf(chat, me).name;
	return (
		<>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: the rows inside take the focus; the frame only moves it. */}
			<div
				ref={ref}
				className="scroll timeline"
				onScroll={scroll.handleScroll}
				onKeyDown={handleKey}
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
						tabStop={roving.active}
						lit={jump.lit}
						canWrite={canWrite}
						actions={rowActions}
						onMenu={handleMenu}
					/>
					<TypingRow chat={chat.id} />
				</div>
			</div>
			<JumpButton
				isShown={view.isLoaded && !scroll.isEnd}
				unread={unreadOf(chat)}
				onJump={jump.toLatest}
			/>
			{menu && (
				<MessageMenu
					row={menu.row}
					isOwn={menu.row.message.sender === me}
					canWrite={canWrite}
					anchor={menu.anchor}
					actions={rowActions}
					onClose={() => setMenu(null)}
				/>
			)}
		</>
	);
}

/** Where one is among the rows of a chat, and the ways to elsewhere. */
function useWay(ref: RefObject<HTMLElement | null>, chat: ChatEntry, at: number | null) {
	const actions = useActions();
	const view = useSync((state) => selectTimeline(state, chat.id));
	const visit = useVisit(chat, view);
	const read = useReading(ref, chat.id, view.isFollowing);
	const scroll = useScroll(ref, view, {
		loadOlder: () => void actions.loadOlder(chat.id),
		loadNewer: () => void actions.loadNewer(chat.id),
		onHold: (isHeld) => actions.holdRows(chat.id, isHeld),
		onSettled: read,
	});
	const jump = useJump(chat.id, view, at, scroll.toRow, scroll.toEnd);
	useOpenChat(chat.id);
	return { view, visit, scroll, jump };
}

function useDays({ rows }: TimelineView, me: string, dividerAfter: number | null) {
	return useMemo(() => layOut(rows, me, dividerAfter), [rows, me, dividerAfter]);
}

/** Hears the chat's typing and loads its rows for as long as it is looked at. */
function useOpenChat(chat: string) {
	const actions = useActions();
	useEffect(() => {
		void actions.openChat(chat);
		return () => actions.closeChat(chat);
	}, [actions, chat]);
}

function JumpButton({
	isShown,
	unread,
	onJump,
}: {
	isShown: boolean;
	unread: number;
	onJump: () => void;
}) {
	const t = useText();
	return (
		<div className="jump-slot">
			{isShown && (
				<button type="button" className="jump" data-jump onClick={onJump}>
					<Icon of={ChevronDown} size="s" />
					<span className="num">
						{unread > 0 ? t("timeline.new", { count: unread }) : t("timeline.jump")}
					</span>
				</button>
			)}
		</div>
	);
}
