import { useCallback, useState } from "react";
import { ChatList } from "@/features/chats/components/chat-list";
import { useText } from "@/i18n/use-text";
import { latePart, useLatePart } from "@/ui/late-part";
import type { Anchor } from "@/ui/place";
import { DeleteChat } from "./delete-chat";
import { ListResizer } from "./list-resizer";

const menuPart = latePart(() =>
	import("@/features/chats/components/chat-menu").then((module) => module.ChatMenu),
);

const everywherePart = latePart(() =>
	import("./search-everywhere").then((module) => module.SearchEverywhere),
);

type Props = { isAlone: boolean; current: string | null; asking: readonly string[] };

/** The list of chats, and the menu of each. */
export function ListPane({ isAlone, current, asking }: Props) {
	const t = useText();
	const [menu, setMenu] = useState<{ chat: string; anchor: Anchor } | null>(null);
	const [deleting, setDeleting] = useState<string | null>(null);
	const handleMenu = useCallback((chat: string, anchor: Anchor) => setMenu({ chat, anchor }), []);
	const ChatMenu = useLatePart(menuPart, menu !== null, () => setMenu(null));
	const Everywhere = useLatePart(everywherePart, true);
	// Alone on the page, the list is what the page is about.
	const Pane = isAlone ? "main" : "section";
	return (
		<Pane
			id={isAlone ? "main" : undefined}
			className="pane pane--list"
			aria-label={t("chats.title")}
			data-region
		>
			<ChatList
				current={current}
				asking={asking}
				onMenu={handleMenu}
				hitsFor={(typed) => Everywhere && typed && <Everywhere typed={typed} isAlone={isAlone} />}
			/>
			<ListResizer />
			{menu && ChatMenu && (
				<ChatMenu {...menu} onDelete={setDeleting} onClose={() => setMenu(null)} />
			)}
			<DeleteChat chat={deleting} onClose={() => setDeleting(null)} />
		</Pane>
	);
}
