import { Link } from "@tanstack/react-router";
import { Archive, BellOff, EllipsisVertical, Pin, Trash2 } from "lucide-react";
import { memo } from "react";
import { shortWhen } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import { isMarked, isMuted, isUnread, selectPeerPresence, unreadOf } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { Avatar } from "@/ui/avatar";
import { Badge, DotBadge } from "@/ui/badge";
import { classes } from "@/ui/classes";
import { Icon } from "@/ui/icon";
import { MarkedName } from "@/ui/marked-name";
import type { Anchor } from "@/ui/place";
import { Tick } from "@/ui/tick";
import { useContextMenu } from "@/ui/use-context-menu";
import { keepArchive } from "../use-archive";
import { type Preview, usePreview } from "../use-preview";

type Props = {
	chat: ChatEntry;
	me: string;
	now: number;
	isOpen: boolean;
	isTabStop: boolean;
	/** It stands among others that were not put away. */
	isMixed: boolean;
	/** What is searched for by name. */
	typed: string;
	onMenu: (chat: string, anchor: Anchor) => void;
};

export const ChatRow = memo(function ChatRow(props: Props) {
	const { chat, me, isOpen, isTabStop, onMenu } = props;
	const t = useText();
	const face = faceOf(chat, me);
	const isOnline = useSync((state) => selectPeerPresence(state, chat.id)?.online === true);
	const menu = useContextMenu((anchor) => onMenu(chat.id, anchor));
	return (
		<li className="lrow-slot">
			<Link
				to="/chats/$chat"
				params={{ chat: chat.id }}
				className={classes("lrow", isUnread(chat) && "is-unread")}
				state={keepArchive}
				aria-current={isOpen ? "page" : undefined}
				tabIndex={isTabStop ? 0 : -1}
				data-rove={chat.id}
				draggable={false}
				{...menu}
			>
				<Avatar
					id={face.id}
					name={face.name}
					photo={face.photo}
					isGroup={face.isGroup}
					isOnline={isOnline}
				/>
				<RowWords {...props} name={face.name} />
			</Link>
			<button
				type="button"
				className="icon-btn icon-btn--s lrow__menu"
				tabIndex={-1}
				aria-label={t("chats.menu", { name: face.name })}
				aria-haspopup="menu"
				onClick={(event) => onMenu(chat.id, { element: event.currentTarget })}
			>
				<Icon of={EllipsisVertical} size="s" />
			</button>
		</li>
	);
});

type WordsProps = Pick<Props, "chat" | "now" | "isOpen" | "isMixed" | "typed"> & { name: string };

/** Name, time and what was said last, with what waits. */
function RowWords({ chat, name, now, isOpen, isMixed, typed }: WordsProps) {
	const t = useText();
	const preview = usePreview(chat, isOpen);
	const isQuiet = isMuted(chat, now);
	return (
		<span className="grow">
			<span className="lrow__top">
				<span className="lrow__name clip" dir="auto">
					<MarkedName name={name} query={typed} />
				</span>
				{isMixed && chat.mine.archived && <NamedIcon of={Archive} name={t("chats.archived")} />}
				{isQuiet && <NamedIcon of={BellOff} name={t("chats.muted")} />}
				{chat.mine.pinned && <NamedIcon of={Pin} name={t("chats.pinned")} />}
				<time className="lrow__time" dateTime={new Date(preview.at).toISOString()}>
					{shortWhen(preview.at, now)}
				</time>
			</span>
			<span className="lrow__sub">
				<PreviewLine preview={preview} />
				<Waiting chat={chat} isQuiet={isQuiet} />
			</span>
		</span>
	);
}

/** How much waits, or that one wanted to come back. */
function Waiting({ chat, isQuiet }: { chat: ChatEntry; isQuiet: boolean }) {
	const t = useText();
	const count = unreadOf(chat);
	if (count === 0 && isMarked(chat))
		return <DotBadge isQuiet={isQuiet} label={t("chats.markedUnread")} />;
	return <Badge count={count} isQuiet={isQuiet} label={t("chats.unreadCount", { count })} />;
}

function NamedIcon({ of, name }: { of: typeof Pin; name: string }) {
	return (
		<>
			<Icon of={of} size="xs" />
			<span className="sr">{name}</span>
		</>
	);
}

function PreviewLine({ preview }: { preview: Preview }) {
	const t = useText();
	if (preview.kind === "typing") {
		return (
			<span className="lrow__prev clip">
				<span className="lrow__typing">{t("presence.typing")}</span>
			</span>
		);
	}
	// The words of the interface stand beside the text, never inside it: one
	// line has one direction, and a clipped one loses its end.
	if (preview.kind === "draft") {
		return (
			<>
				<span className="lrow__prev lrow__prev--word lrow__draft">{t("chats.draft")}</span>
				<span className="lrow__prev clip" dir="auto">
					{preview.text}
				</span>
			</>
		);
	}
	if (preview.kind === "deleted") {
		return (
			<span className="lrow__prev clip">
				<Icon of={Trash2} size="xs" /> {t("chats.deleted")}
			</span>
		);
	}
	if (preview.kind === "none")
		return <span className="lrow__prev clip t3">{t("chats.noMessages")}</span>;
	return (
		<>
			{preview.tick && <Tick state={preview.tick} />}
			{preview.isMine && (
				<span className="sr">
					{t("chats.you")} {preview.tick && t(`timeline.tick.${preview.tick}`)}
				</span>
			)}
			<span className="lrow__prev clip" dir="auto">
				{preview.text}
			</span>
		</>
	);
}
