import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { useText } from "@/i18n/use-text";
import { useSync } from "@/sync/use-sync";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/empty";
import { Icon } from "@/ui/icon";
import { Mark } from "@/ui/mark";
import type { Filter } from "../use-chat-rows";

type Props = {
	filter: Filter;
	typed: string;
	/** The names of those who wait for an answer: then one is not alone here. */
	asking: readonly string[];
	/** There are chats, all of them put away. */
	hasArchive: boolean;
	onShowAll: () => void;
};

/** Why the list is empty, and the way out of it. */
export function ChatListEmpty({ filter, typed, asking, hasArchive, onShowAll }: Props) {
	const t = useText();
	const showAll = (
		<Button size={typed ? "s" : "m"} onClick={onShowAll}>
			{t("chats.showAll")}
		</Button>
	);
	if (typed) return <NoHits typed={typed}>{filter === "unread" && showAll}</NoHits>;
	if (filter === "unread") {
		return (
			<Empty title={t("chats.noneUnread")} action={showAll}>
				<p>{t("chats.noneUnreadText")}</p>
			</Empty>
		);
	}
	if (asking.length > 0) return <Asked asking={asking} />;
	return hasArchive ? <Empty title={t("chats.allArchived")} /> : <NoChats />;
}

/** In few lines: below it may be messages that hold what was typed. */
function NoHits({ typed, children }: { typed: string; children: ReactNode }) {
	const t = useText();
	return (
		<div className="none">
			<p>{t("chats.noHits", { query: typed })}</p>
			<div className="row">
				<Link to="/people" hash="search" search={{ q: typed }} className="btn btn--line btn--s">
					<Icon of={Search} size="s" />
					{t("chats.searchPeople")}
				</Link>
				{children}
			</div>
		</div>
	);
}

/** Whoever has deleted their chats is not alone for that. */
function NoChats() {
	const t = useText();
	const hasDeleted = useSync((state) => state.chats.size > 0);
	if (!hasDeleted) return <Alone />;
	return (
		<Empty
			title={t("chats.noneLeft")}
			action={
				<Link to="/people" className="btn btn--line">
					{t("people.title")}
				</Link>
			}
		>
			<p>{t("chats.noneLeftText")}</p>
		</Empty>
	);
}

function Asked({ asking }: { asking: readonly string[] }) {
	const t = useText();
	const [name = ""] = asking;
	return (
		<Empty
			title={
				asking.length === 1
					? t("chats.askedTitle", { name })
					: t("chats.askedMany", { count: asking.length })
			}
			art={<Mark size={40} className="empty__art" />}
			action={
				<Link to="/people" className="btn btn--primary">
					{t("chats.askedDo")}
				</Link>
			}
		>
			<p>{t("chats.askedText")}</p>
		</Empty>
	);
}

function Alone() {
	const t = useText();
	return (
		<Empty
			title={t("chats.emptyTitle")}
			art={<Mark size={40} className="empty__art" />}
			action={
				<Link to="/people" hash="search" className="btn btn--primary">
					<Icon of={Search} size="s" />
					{t("chats.searchPeople")}
				</Link>
			}
		>
			<p>{t("chats.emptyText")}</p>
		</Empty>
	);
}
