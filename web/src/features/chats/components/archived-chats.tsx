import { ChevronLeft } from "lucide-react";
import { useEffect, useRef } from "react";
import { useText } from "@/i18n/use-text";
import { Button, IconButton } from "@/ui/button";
import { Empty } from "@/ui/empty";
import type { Anchor } from "@/ui/place";
import { useEscape } from "@/ui/use-escape";
import { useArchived } from "../use-chat-rows";
import { ChatRows } from "./chat-rows";

type Props = {
	current: string | null;
	onMenu: (chat: string, anchor: Anchor) => void;
	onClose: () => void;
};

/** What was put away, in the place of the list. */
export function ArchivedChats({ current, onMenu, onClose }: Props) {
	const t = useText();
	const head = useRef<HTMLElement>(null);
	const rows = useArchived();
	useEscape(onClose, isInList);
	useEffect(() => {
		if (document.activeElement === document.body) head.current?.querySelector("button")?.focus();
	}, []);
	return (
		<>
			<header ref={head} className="head">
				<IconButton label={t("chats.archiveBack")} icon={ChevronLeft} isFlipped onClick={onClose} />
				<h1 className="grow" tabIndex={-1}>
					{t("chats.archived")}
				</h1>
			</header>
			{rows.length > 0 && <p className="list-note small t2">{t("chats.archiveText")}</p>}
			<ChatRows rows={rows} current={current} onMenu={onMenu} onArchive={null} isArchive>
				<Empty
					title={t("chats.noneArchived")}
					action={<Button onClick={onClose}>{t("chats.archiveBack")}</Button>}
				/>
			</ChatRows>
		</>
	);
}

/** Escape means the list while one is in it. */
function isInList(at: Element): boolean {
	return at === document.body || at.closest(".pane--list") !== null;
}
