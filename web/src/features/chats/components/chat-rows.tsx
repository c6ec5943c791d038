import { type ReactNode, useEffect, useRef } from "react";
import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import type { ChatEntry } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import type { Anchor } from "@/ui/place";
import { useNow } from "@/ui/use-now";
import { useRoving } from "@/ui/use-roving";
import { ARCHIVE_STOP, ArchiveRow } from "./archive-row";
import { ChatRow } from "./chat-row";

type Props = {
	rows: readonly ChatEntry[];
	current: string | null;
	onMenu: (chat: string, anchor: Anchor) => void;
	/** Leads to what was put away; null where nothing was, or one is there. */
	onArchive: (() => void) | null;
	/** What is searched for by name. */
	typed?: string;
	/** All of these were put away. */
	isArchive?: boolean;
	/** What stands where there is no row. */
	children: ReactNode;
	/** What stands below all rows. */
	below?: ReactNode;
};

/** Chats one below the other, with one tab stop. */
export function ChatRows(props: Props) {
	const { rows, current, typed = "", onMenu, onArchive, isArchive, children, below } = props;
	const t = useText();
	const me = useSync((state) => state.me?.id ?? "");
	const now = useNow();
	const ref = useRef<HTMLDivElement>(null);
	const stops = onArchive
		? [...rows.map((row) => row.id), ARCHIVE_STOP]
		: rows.map((row) => row.id);
	const roving = useRoving(ref, current !== null && stops.includes(current) ? current : null);
	useRowPresence(rows, me);

	const tabStop =
		roving.active !== null && stops.includes(roving.active) ? roving.active : stops[0];
	const isEmpty = rows.length === 0;
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: the rows inside take the focus; the frame only moves it.
		<div ref={ref} className="scroll" onKeyDown={roving.handleKeyDown}>
			{(!isEmpty || onArchive) && (
				<ul className="list" aria-label={t(isArchive ? "chats.archived" : "chats.title")}>
					{onArchive && <ArchiveRow isTabStop={tabStop === ARCHIVE_STOP} onOpen={onArchive} />}
					{rows.map((chat) => (
						<ChatRow
							key={chat.id}
							chat={chat}
							me={me}
							now={now}
							isOpen={chat.id === current}
							isTabStop={chat.id === tabStop}
							isMixed={!isArchive}
							typed={typed}
							onMenu={onMenu}
						/>
					))}
				</ul>
			)}
			{isEmpty && <div className="list-empty">{children}</div>}
			{below}
		</div>
	);
}

/** Online dots are heard for the people of the topmost rows. */
function useRowPresence(rows: readonly ChatEntry[], me: string) {
	const actions = useActions();
	const watched = rows
		.slice(0, 100)
		.flatMap((chat) => faceOf(chat, me).peer?.account ?? [])
		.sort()
		.join(" ");
	useEffect(
		() => (watched ? actions.watchPresence(watched.split(" ")) : undefined),
		[actions, watched],
	);
}
