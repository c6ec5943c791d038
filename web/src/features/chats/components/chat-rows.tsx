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
	/** All of these were put away. */
	isArchive?: boolean;
	/** What stands where there is no row. */
	children: ReactNode;
};

/** Chats one below the other, with one tab stop. */
export function ChatRows({ rows, current, onMenu, onArchive, isArchive, children }: Props) {
	const t = useText();
	const me = useSync((state) => state.me?.id ?? "");
	const now = useNow();
	const ref = useRef<HTMLUListElement>(null);
	const stops = onArchive
		? [...rows.map((row) => row.id), ARCHIVE_STOP]
		: rows.map((row) => row.id);
	const roving = useRoving(ref, current !== null && stops.includes(current) ? current : null);
	useRowPresence(rows, me);

	const empty = rows.length === 0 && <div className="scroll list-empty">{children}</div>;
	if (empty && !onArchive) return empty;
	const tabStop =
		roving.active !== null && stops.includes(roving.active) ? roving.active : stops[0];
	return (
		<>
			<ul
				ref={ref}
				className={empty ? "list" : "scroll list"}
				aria-label={t(isArchive ? "chats.archived" : "chats.title")}
				onKeyDown={roving.handleKeyDown}
			>
				{onArchive && <ArchiveRow isTabStop={tabStop === ARCHIVE_STOP} onOpen={onArchive} />}
				{rows.map((chat) => (
					<ChatRow
						key={chat.id}
						chat={chat}
						me={me}
						now={now}
						isOpen={chat.id === current}
						isTabStop={chat.id === tabStop}
						isFound={!isArchive}
						onMenu={onMenu}
					/>
				))}
			</ul>
			{empty}
		</>
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
