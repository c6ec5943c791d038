import { useNavigate } from "@tanstack/react-router";
import { CheckCheck, Link as LinkIcon, MessageCircle } from "lucide-react";
import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import { selectChat, unreadOf } from "@/sync/selectors";
import { useActions, useSync } from "@/sync/use-sync";
import { copyOut } from "@/ui/copy-out";
import { Menu, type MenuItem } from "@/ui/menu";
import type { Anchor } from "@/ui/place";

type Props = { chat: string; anchor: Anchor; onClose: () => void };

export function ChatMenu({ chat: id, anchor, onClose }: Props) {
	const t = useText();
	const actions = useActions();
	const navigate = useNavigate();
	const chat = useSync((state) => selectChat(state, id));
	const me = useSync((state) => state.me?.id ?? "");
	if (chat === null) return null;

	const items: (MenuItem | "line")[] = [
		{
			id: "open",
			label: t("chats.open"),
			icon: MessageCircle,
			letter: "o",
			onSelect: () => void navigate({ to: "/chats/$chat", params: { chat: id } }),
		},
		{
			id: "read",
			label: t("chats.markRead"),
			icon: CheckCheck,
			letter: "r",
			isDisabled: unreadOf(chat) === 0,
			onSelect: () => actions.markRead(id, chat.seq),
		},
		{
			id: "link",
			label: t("chats.copyLink"),
			icon: LinkIcon,
			letter: "l",
			onSelect: () => void copyOut(`${location.origin}/chats/${id}`),
		},
	];
	return (
		<Menu
			label={t("chats.menu", { name: faceOf(chat, me).name })}
			items={items}
			anchor={anchor}
			onClose={onClose}
		/>
	);
}
