import { useNavigate } from "@tanstack/react-router";
import { Archive, UserPlus } from "lucide-react";
import { type KeyboardEvent, useId } from "react";
import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import { unreadOf } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { Avatar } from "@/ui/avatar";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { classes } from "@/ui/classes";
import { Dialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { MarkedName } from "@/ui/marked-name";
import { useDue } from "@/ui/use-due";
import { useNameSearch } from "../use-name-search";
import { NameField } from "./name-field";

const AT_MOST = 8;

/** Type a name, press Enter: a combobox over the chats, best first. */
export function QuickSwitcher({ onClose }: { onClose: () => void }) {
	const t = useText();
	const id = useId();
	const navigate = useNavigate();
	const search = useNameSearch(AT_MOST);
	const { typed, hits, at, setAt, step } = search;

	const isLoading = useSync(({ session: { status } }) =>
		["connecting", "syncing"].includes(status),
	);
	const isHere = hits[at] !== undefined || !isLoading;
	const setDue = useDue(isHere, () => go(hits[at]));

	function go(chat: ChatEntry | undefined) {
		onClose();
		if (chat) void navigate({ to: "/chats/$chat", params: { chat: chat.id } });
		else void navigate({ to: "/people", search: { q: typed } });
	}

	function handleKey(event: KeyboardEvent) {
		if (event.nativeEvent.isComposing) return;
		setDue(false);
		if (event.key === "ArrowDown") step(1);
		else if (event.key === "ArrowUp") step(-1);
		else if (event.key === "Enter") {
			if (isHere) go(hits[at]);
			else setDue(true);
		} else return;
		event.preventDefault();
	}

	return (
		<Dialog title={t("switcher.title")} isTitleHidden placement="top" onClose={onClose}>
			<NameField id={id} label={t("switcher.label")} search={search} onKeyDown={handleKey} />
			<SwitcherList {...{ id, typed, hits, at }} onPoint={setAt} onChoose={go} />
			{hits.length === 0 && <NoHits typed={typed} onSearch={() => go(undefined)} />}
		</Dialog>
	);
}

function NoHits({ typed, onSearch }: { typed: string; onSearch: () => void }) {
	const t = useText();
	return (
		<div className="switcher__none">
			<p className="t2">{t("switcher.none")}</p>
			{typed && (
				<Button icon={UserPlus} onClick={onSearch}>
					{t("switcher.searchPeople", { query: typed })}
				</Button>
			)}
		</div>
	);
}

type ListProps = {
	id: string;
	typed: string;
	hits: readonly ChatEntry[];
	at: number;
	onPoint: (at: number) => void;
	onChoose: (chat: ChatEntry) => void;
};

function SwitcherList({ id, typed, hits, at, onPoint, onChoose }: ListProps) {
	const t = useText();
	const me = useSync((state) => state.me?.id ?? "");
	return (
		<div id={`${id}-list`} role="listbox" aria-label={t("chats.title")} className="switcher__list">
			{hits.map((chat, index) => (
				<SwitcherRow
					key={chat.id}
					id={`${id}-${index}`}
					chat={chat}
					typed={typed}
					me={me}
					isActive={index === at}
					onPoint={() => onPoint(index)}
					onChoose={() => onChoose(chat)}
				/>
			))}
		</div>
	);
}

type RowProps = {
	id: string;
	chat: ChatEntry;
	typed: string;
	me: string;
	isActive: boolean;
	onPoint: () => void;
	onChoose: () => void;
};

function SwitcherRow({ id, chat, typed, me, isActive, onPoint, onChoose }: RowProps) {
	const t = useText();
	const face = faceOf(chat, me);
	const unread = unreadOf(chat);
	return (
		// biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the input keeps the focus and takes the keys; this is its option.
		<div
			id={id}
			role="option"
			aria-selected={isActive}
			className={classes("switcher__row", isActive && "is-hover")}
			onPointerMove={onPoint}
			onClick={onChoose}
		>
			<Avatar id={face.id} name={face.name} photo={face.photo} isGroup={face.isGroup} size={28} />
			<span className="grow clip" dir="auto">
				<MarkedName name={face.name} query={typed} />
			</span>
			{chat.mine.archived && (
				<>
					<Icon of={Archive} size="xs" />
					<span className="sr">{t("chats.archived")}</span>
				</>
			)}
			<Badge count={unread} label={t("chats.unreadCount", { count: unread })} />
		</div>
	);
}
