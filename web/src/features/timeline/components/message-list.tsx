import { useText } from "@/i18n/use-text";
import { selectTicks, tickOf } from "@/sync/selectors";
import type { ChatEntry, Row } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import type { Anchor } from "@/ui/place";
import type { Day } from "../layout";
import { usePendingDeletes } from "../undo-delete";
import type { RowActions } from "../use-row-actions";
import type { Picking } from "../use-selection";
import { DayGroup, dayKey } from "./day-group";
import { MessageRow } from "./message-row";

type Props = {
	days: readonly Day[];
	chat: ChatEntry;
	/** Stands in for a sender who is no member any more. */
	name: string;
	isBusy: boolean;
	unread: number;
	isFresh: (row: Row) => boolean;
	tabStop: string | null;
	lit: number | null;
	canWrite: boolean;
	actions: RowActions;
	picking: Picking;
	onMenu: (row: Row, anchor: Anchor) => void;
	onReact: (row: Row, anchor: Anchor) => void;
	onDay: (at: number) => void;
};

const TICKS = {
	waiting: "sending",
	failed: "failed",
	stored: "sent",
	delivered: "delivered",
	read: "read",
} as const;

/** The rows under their days. A log that keeps quiet: the page's announcer speaks for it. */
export function MessageList({ days, chat, name, unread, lit, picking, ...rest }: Props) {
	const t = useText();
	const ticks = useSync((state) => selectTicks(state, chat.id));
	const gone = usePendingDeletes();
	return (
		<div role="log" aria-live="off" aria-label={t("timeline.label")} aria-busy={rest.isBusy}>
			<ol>
				{days.map((day) => (
					<DayGroup
						key={day.key}
						at={day.at}
						isTabStop={dayKey(day.at) === rest.tabStop}
						onChoose={rest.onDay}
					>
						{day.rows.map(({ row, isOwn, isFirst, isLast, hasDivider }) => (
							<MessageRow
								key={row.key}
								row={row}
								name={chat.members.get(row.message.sender)?.name ?? name}
								isOwn={isOwn}
								isFirst={isFirst}
								isLast={isLast}
								divider={hasDivider ? unread : 0}
								isNew={rest.isFresh(row)}
								isTabStop={row.key === rest.tabStop}
								isLit={lit === row.message.seq && row.message.seq > 0}
								isGone={gone.has(row.key)}
								isPicking={picking.rows.length > 0}
								isPicked={picking.isPicked(row)}
								canWrite={rest.canWrite}
								tick={isOwn ? TICKS[tickOf(row, ticks)] : null}
								actions={rest.actions}
								onMenu={rest.onMenu}
								onReact={rest.onReact}
								onPick={picking.pick}
							/>
						))}
					</DayGroup>
				))}
			</ol>
		</div>
	);
}
