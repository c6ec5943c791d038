import { Link } from "@tanstack/react-router";
import { Search, SquarePen, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import type { ChatEntry } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { IconButton } from "@/ui/button";
import { Segmented } from "@/ui/choice";
import { Icon } from "@/ui/icon";
import type { Anchor } from "@/ui/place";
import { keysOf } from "@/ui/platform";
import { SkeletonRows } from "@/ui/skeleton";
import { useNow } from "@/ui/use-now";
import { useRoving } from "@/ui/use-roving";
import { type Filter, useChatRows } from "../use-chat-rows";
import { ChatListEmpty } from "./chat-list-empty";
import { ChatMenu } from "./chat-menu";
import { ChatRow } from "./chat-row";

type Props = {
	current: string | null;
	/** The names of those who wait for an answer. */
	asking: readonly string[];
};

export function ChatList({ current, asking }: Props) {
	const t = useText();
	const [filter, setFilter] = useState<Filter>("all");
	const [typed, setTyped] = useState("");
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
			<ListSearch value={typed} onChange={setTyped} />
			<Segmented
				look="chips"
				label={t("chats.filter")}
				options={options}
				value={filter}
				onChange={setFilter}
			/>
			{isLoaded ? (
				<Rows rows={rows} current={current}>
					<ChatListEmpty
						asking={asking}
						filter={filter}
						typed={typed}
						onShowAll={() => {
							setFilter("all");
							setTyped("");
						}}
					/>
				</Rows>
			) : (
				<SkeletonRows label={t("app.loading")} />
			)}
		</>
	);
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
				hash="find"
				className="icon-btn"
				aria-label={t("chats.new")}
				data-tip={t("chats.new")}
			>
				<Icon of={SquarePen} />
			</Link>
		</header>
	);
}

function ListSearch({ value, onChange }: { value: string; onChange: (value: string) => void }) {
	const t = useText();
	function handleKey(event: KeyboardEvent<HTMLElement>) {
		if (event.nativeEvent.isComposing) return;
		if (event.key === "Escape" && value) onChange("");
		else if (event.key === "ArrowDown") firstRow(event.currentTarget)?.focus();
		else if (event.key === "Enter" && value) {
			firstRow(event.currentTarget)?.click();
			onChange("");
		} else return;
		// Escape means the search here, not also the open chat.
		event.preventDefault();
	}
	return (
		<search className="list-search">
			<div className="field__box search">
				<Icon of={Search} size="s" />
				<input
					type="text"
					enterKeyHint="search"
					autoComplete="off"
					spellCheck={false}
					dir="auto"
					placeholder={t("chats.search")}
					aria-label={t("chats.search")}
					value={value}
					onChange={(event) => onChange(event.target.value)}
					onKeyDown={handleKey}
				/>
				{value ? (
					<IconButton label={t("app.clear")} icon={X} size="s" onClick={() => onChange("")} />
				) : (
					<kbd className="only-wide" dir="ltr">
						{keysOf("K")}
					</kbd>
				)}
			</div>
		</search>
	);
}

function firstRow(from: Element): HTMLElement | null {
	return from.closest(".pane--list")?.querySelector<HTMLElement>("[data-rove]") ?? null;
}

type RowsProps = { rows: readonly ChatEntry[]; current: string | null; children: React.ReactNode };

function Rows({ rows, current, children }: RowsProps) {
	const t = useText();
	const me = useSync((state) => state.me?.id ?? "");
	const now = useNow();
	const ref = useRef<HTMLUListElement>(null);
	const hasCurrent = rows.some((row) => row.id === current);
	const roving = useRoving(ref, (hasCurrent ? current : null) ?? rows[0]?.id ?? null);
	const [menu, setMenu] = useState<{ chat: string; anchor: Anchor } | null>(null);
	const handleMenu = useMemo(() => (chat: string, anchor: Anchor) => setMenu({ chat, anchor }), []);
	useRowPresence(rows, me);

	if (rows.length === 0) return <div className="scroll list-empty">{children}</div>;
	const isActiveShown = rows.some((row) => row.id === roving.active);
	const tabStop = isActiveShown ? roving.active : (rows[0]?.id ?? null);
	return (
		<>
			<ul
				ref={ref}
				className="scroll list"
				aria-label={t("chats.title")}
				onKeyDown={roving.handleKeyDown}
			>
				{rows.map((chat) => (
					<ChatRow
						key={chat.id}
						chat={chat}
						me={me}
						now={now}
						isOpen={chat.id === current}
						isTabStop={chat.id === tabStop}
						onMenu={handleMenu}
					/>
				))}
			</ul>
			{menu && <ChatMenu chat={menu.chat} anchor={menu.anchor} onClose={() => setMenu(null)} />}
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
