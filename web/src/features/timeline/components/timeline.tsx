import { ChevronDown } from "lucide-react";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import { selectTicks, selectTimeline, tickOf, unreadOf } from "@/sync/selectors";
import type { ChatEntry, Row } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { Icon } from "@/ui/icon";
import type { Anchor } from "@/ui/place";
import { useRoving } from "@/ui/use-roving";
import { layOut } from "../layout";
import { usePendingDeletes } from "../undo-delete";
import { useJump } from "../use-jump";
import { useReading } from "../use-reading";
import { useRowActions } from "../use-row-actions";
import { useScroll } from "../use-scroll";
import { useVisit } from "../use-visit";
import { DayGroup } from "./day-group";
import { MessageMenu } from "./message-menu";
import { MessageRow } from "./message-row";
import { TimelineEdge } from "./timeline-edge";
import { TypingRow } from "./typing-row";

type Props = {
	chat: ChatEntry;
	canWrite: boolean;
	/** A permalink: open around this message instead of the unread line. */
	at: number | null;
	onReply: (row: Row) => void;
	onEdit: (row: Row) => void;
};

const TICKS = {
	waiting: "sending",
	failed: "failed",
	stored: "sent",
	delivered: "delivered",
	read: "read",
} as const;

/** The messages of one chat. Mounted anew for each chat, so nothing leaks from one to the next. */
export function Timeline({ chat, canWrite, at, onReply, onEdit }: Props) {
	const t = useText();
	const actions = useActions();
	const ref = useRef<HTMLDivElement>(null);
	const me = useSync((state) => state.me?.id ?? "");
	const view = useSync((state) => selectTimeline(state, chat.id));
	const ticks = useSync((state) => selectTicks(state, chat.id));
	const visit = useVisit(chat, view);
	const gone = usePendingDeletes();
	const [menu, setMenu] = useState<{ row: Row; anchor: Anchor } | null>(null);
	const read = useReading(ref, chat.id, view.isFollowing);
	const scroll = useScroll(ref, view, {
		loadOlder: () => void actions.loadOlder(chat.id),
		loadNewer: () => void actions.loadNewer(chat.id),
		onSettled: read,
	});
	const jump = useJump(chat.id, view, at, scroll.toRow, scroll.toEnd);
	const rowActions = useRowActions(chat.id, { onReply, onEdit, onJump: jump.toSeq });
	const days = useMemo(
		() => layOut(view.rows, me, visit.dividerAfter),
		[view.rows, me, visit.dividerAfter],
	);
	const roving = useRoving(ref, view.rows.at(-1)?.key ?? null);
	const handleMenu = useCallback((row: Row, anchor: Anchor) => setMenu({ row, anchor }), []);
	useOpenChat(chat.id);

	function handleKey(event: KeyboardEvent<HTMLElement>) {
		roving.handleKeyDown(event);
		const row = view.rows.find(
			(candidate) => candidate.key === (event.target as HTMLElement).dataset.rove,
		);
		if (event.key === "Enter" && row) {
			event.preventDefault();
			setMenu({ row, anchor: { element: event.target as HTMLElement } });
		}
	}

	const name = faceOf(chat, me).name;
	return (
		<>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: the rows inside take the focus; the frame only moves it. */}
			<div
				ref={ref}
				className="scroll timeline"
				onScroll={scroll.settle}
				onKeyDown={handleKey}
				data-region="messages"
			>
				<div className="timeline__in">
					<TimelineEdge view={view} chat={chat} name={name} />
					<div
						role="log"
						aria-live="off"
						aria-label={t("timeline.label")}
						aria-busy={view.isJumping}
					>
						<ol>
							{days.map((day) => (
								<DayGroup key={day.key} at={day.at}>
									{day.rows.map((laid) => (
										<MessageRow
											key={laid.row.key}
											row={laid.row}
											name={chat.members.get(laid.row.message.sender)?.name ?? name}
											isOwn={laid.isOwn}
											isFirst={laid.isFirst}
											isLast={laid.isLast}
											divider={laid.hasDivider ? visit.unread : 0}
											isNew={visit.isFresh(laid.row)}
											isTabStop={laid.row.key === roving.active}
											isLit={jump.lit === laid.row.message.seq && laid.row.message.seq > 0}
											isGone={gone.has(laid.row.key)}
											canWrite={canWrite}
											tick={laid.isOwn ? TICKS[tickOf(laid.row, ticks)] : null}
											actions={rowActions}
											onMenu={handleMenu}
										/>
									))}
								</DayGroup>
							))}
						</ol>
					</div>
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
