import { Link } from "@tanstack/react-router";
import { SquarePen } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useText } from "@/i18n/use-text";
import { useSync } from "@/sync/use-sync";
import { Segmented } from "@/ui/choice";
import { Icon } from "@/ui/icon";
import type { Anchor } from "@/ui/place";
import { keysOf } from "@/ui/platform";
import { SearchField } from "@/ui/search-field";
import { SkeletonRows } from "@/ui/skeleton";
import { useAskedToSearch, useListSearch } from "../list-search";
import { nameOfList } from "../row-focus";
import { useArchive } from "../use-archive";
import { type Filter, useArchived, useChatRows } from "../use-chat-rows";
import { ARCHIVE_STOP } from "./archive-row";
import { ArchivedChats } from "./archived-chats";
import { ChatListEmpty } from "./chat-list-empty";
import { ChatRows } from "./chat-rows";

type Props = {
	current: string | null;
	/** The names of those who wait for an answer. */
	asking: readonly string[];
	onMenu: (chat: string, anchor: Anchor) => void;
	/** What else the search gives, below the chats of that name. */
	hitsFor: (typed: string) => ReactNode;
};

/** The chats, or what of them was put away. */
export function ChatList(props: Props) {
	const archive = useArchive();
	const wasArchive = useRef(false);
	useEffect(() => {
		wasArchive.current = archive.isOpen;
	}, [archive.isOpen]);
	if (archive.isOpen) return <ArchivedChats {...props} onClose={archive.close} />;
	return <AllChats {...props} onArchive={archive.open} isBack={wasArchive.current} />;
}

type AllProps = Props & { onArchive: () => void; isBack: boolean };

function AllChats({ current, asking, onMenu, hitsFor, onArchive, isBack }: AllProps) {
	const t = useText();
	useFocusBack(isBack);
	const hasArchive = useArchived().length > 0;
	const [filter, setFilter] = useState<Filter>("all");
	const [typed, setTyped] = useListSearch();
	const rows = useChatRows(filter, typed, current);
	const isLoaded = useSync((state) => state.session.isLoaded);
	const options = useMemo(
		() => [
			{ value: "all" as const, label: t("chats.all") },
			{ value: "unread" as const, label: t("chats.unread") },
		],
		[t],
	);
	return (
		<>
			<ListHead />
			<ListSearch typed={typed} onType={setTyped} isChatFirst={rows.length > 0} />
			<Segmented
				look="chips"
				label={t("chats.filter")}
				options={options}
				value={filter}
				onChange={setFilter}
			/>
			{isLoaded ? (
				<ChatRows
					rows={rows}
					current={current}
					typed={typed}
					onMenu={onMenu}
					onArchive={hasArchive && filter === "all" && typed === "" ? onArchive : null}
					below={hitsFor(typed)}
				>
					<ChatListEmpty
						asking={asking}
						filter={filter}
						typed={typed}
						hasArchive={hasArchive}
						onShowAll={() => {
							setFilter("all");
							setTyped("");
						}}
					/>
				</ChatRows>
			) : (
				<SkeletonRows label={t("app.loading")} />
			)}
		</>
	);
}

/** Who comes back from the archive goes on where they went in; an empty one has no way in. */
function useFocusBack(isBack: boolean) {
	useEffect(() => {
		if (!isBack || document.activeElement !== document.body) return;
		const way = document.querySelector<HTMLElement>(`[data-rove="${ARCHIVE_STOP}"]`);
		(way ?? nameOfList())?.focus();
	}, [isBack]);
}

function ListHead() {
	const t = useText();
	return (
		<header className="head">
			<h1 className="grow" tabIndex={-1}>
				{t("chats.title")}
			</h1>
			<Link
				to="/people"
				hash="search"
				className="icon-btn"
				aria-label={t("chats.new")}
				data-tip={t("chats.new")}
			>
				<Icon of={SquarePen} />
			</Link>
		</header>
	);
}

type SearchProps = {
	typed: string;
	onType: (typed: string) => void;
	/** A chat is the first of the hits, and not a message. */
	isChatFirst: boolean;
};

function ListSearch({ typed, onType, isChatFirst }: SearchProps) {
	const t = useText();
	const field = useRef<HTMLInputElement>(null);
	useAskedToSearch(field);
	function handleKey(event: KeyboardEvent<HTMLElement>) {
		if (event.nativeEvent.isComposing) return;
		if (event.key === "Escape" && typed) onType("");
		else if (event.key === "ArrowDown") firstRow(event.currentTarget)?.focus();
		else if (event.key === "Enter" && typed) {
			firstRow(event.currentTarget)?.click();
			// Of many messages the next may be the one that is meant.
			if (isChatFirst) onType("");
		} else return;
		// Escape means the search here, not also the open chat.
		event.preventDefault();
	}
	return (
		<div className="list-search">
			<SearchField
				ref={field}
				label={t("chats.search")}
				typed={typed}
				onType={onType}
				onKeyDown={handleKey}
				hint={
					<kbd className="only-wide" dir="ltr">
						{keysOf("K")}
					</kbd>
				}
			/>
		</div>
	);
}

function firstRow(from: Element): HTMLElement | null {
	return from.closest(".pane--list")?.querySelector<HTMLElement>("[data-rove]") ?? null;
}
