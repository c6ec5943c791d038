import { useMatch, useNavigate } from "@tanstack/react-router";
import {
	Archive,
	ArchiveRestore,
	Bell,
	BellOff,
	CheckCheck,
	Link as LinkIcon,
	MessageCircle,
	MessageCircleDashed,
	Pin,
	PinOff,
	Trash2,
} from "lucide-react";
import { useState } from "react";
import { useText } from "@/i18n/use-text";
import { isEmpty, isMuted, isUnread, selectChat } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { copyOut } from "@/ui/copy-out";
import { Menu, type MenuItem } from "@/ui/menu";
import type { Anchor } from "@/ui/place";
import { useNow } from "@/ui/use-now";
import { keepRowFocus } from "../row-focus";
import { keepArchive } from "../use-archive";
import { useMine } from "../use-mine";
import { MuteMenu } from "./mute-menu";

type Props = {
	chat: string;
	anchor: Anchor;
	/** Asks whether the chat is to be deleted. */
	onDelete: (chat: string) => void;
	onClose: () => void;
};

/** What can be done with a chat of the list. */
export function ChatMenu({ chat: id, onDelete, ...menu }: Props) {
	const chat = useSync((state) => selectChat(state, id));
	const [isMuting, setMuting] = useState(false);
	if (chat === null) return null;
	return isMuting ? (
		<MuteMenu chat={chat} {...menu} onBack={() => setMuting(false)} />
	) : (
		<Actions chat={chat} {...menu} onDelete={onDelete} onMute={() => setMuting(true)} />
	);
}

type ActionsProps = Omit<Props, "chat"> & { chat: ChatEntry; onMute: () => void };

function Actions({ chat, anchor, onDelete, onClose, onMute }: ActionsProps) {
	const t = useText();
	const navigate = useNavigate();
	const mine = useMineItems(chat, onMute);
	const items: (MenuItem | "line")[] = [
		{
			id: "open",
			label: t("chats.open"),
			icon: MessageCircle,
			letter: "o",
			onSelect: () =>
				void navigate({
					to: "/chats/$chat",
					params: { chat: chat.id },
					state: keepArchive,
				}),
		},
		"line",
		...mine.items,
		"line",
		{
			id: "link",
			label: t("chats.copyLink"),
			icon: LinkIcon,
			letter: "l",
			onSelect: () => void copyOut(`${location.origin}/chats/${chat.id}`),
		},
	];
	const remove: MenuItem = {
		id: "delete",
		label: t("chats.delete"),
		icon: Trash2,
		letter: "d",
		isBad: true,
		onSelect: () => onDelete(chat.id),
	};
	if (!isEmpty(chat)) items.push("line", remove);
	const label = t("chats.menu", { name: mine.name });
	return <Menu label={label} of={mine.name} items={items} anchor={anchor} onClose={onClose} />;
}

function useMineItems(chat: ChatEntry, onMute: () => void) {
	const t = useText();
	const mine = useMine(chat);
	const unmark = useUnreadItem(chat, mine);
	const isQuiet = isMuted(chat, useNow());
	const { pinned, archived } = chat.mine;
	const items: MenuItem[] = [
		{
			id: "pin",
			label: t(pinned ? "chats.unpin" : "chats.pin"),
			icon: pinned ? PinOff : Pin,
			letter: "p",
			onSelect() {
				keepRowFocus(chat.id);
				mine.pin(!pinned);
			},
		},
		{
			id: "mute",
			label: t(isQuiet ? "chats.unmute" : "chats.mute"),
			icon: isQuiet ? Bell : BellOff,
			letter: "m",
			hasMore: !isQuiet,
			onSelect: () => (isQuiet ? mine.mute(null) : onMute()),
		},
		unmark,
		{
			id: "archive",
			label: t(archived ? "chats.unarchive" : "chats.archive"),
			icon: archived ? ArchiveRestore : Archive,
			letter: "a",
			onSelect() {
				keepRowFocus(chat.id);
				mine.archive(!archived);
			},
		},
	];
	return { name: mine.name, items };
}

/** The open chat is left as it is marked: who stays in it reads it. */
function useUnreadItem(chat: ChatEntry, mine: ReturnType<typeof useMine>): MenuItem {
	const t = useText();
	const navigate = useNavigate();
	const open = useMatch({ from: "/app/chats/$chat", shouldThrow: false })?.params.chat;
	if (isUnread(chat)) {
		const label = t("chats.markRead");
		return { id: "unread", label, icon: CheckCheck, letter: "r", onSelect: mine.markRead };
	}
	return {
		id: "unread",
		label: t("chats.markUnread"),
		icon: MessageCircleDashed,
		letter: "u",
		onSelect() {
			mine.markUnread();
			if (open === chat.id) void navigate({ to: "/chats", state: keepArchive });
		},
	};
}
