import { useNavigate } from "@tanstack/react-router";
import { Archive, Search, UserPlus } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
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
import { useChatRows } from "../use-chat-rows";

const AT_MOST = 8;

/** Type a name, press Enter: a combobox over the chats, best first. */
export function QuickSwitcher({ onClose }: { onClose: () => void }) {
	const t = useText();
	const id = useId();
	const navigate = useNavigate();
	const { typed, type, found, at, setAt, step } = useFinding();

	function go(chat: ChatEntry | undefined) {
		onClose();
		if (chat) void navigate({ to: "/chats/$chat", params: { chat: chat.id } });
		else void navigate({ to: "/people", search: { q: typed } });
	}

	function handleKey(event: KeyboardEvent) {
		if (event.nativeEvent.isComposing) return;
		if (event.key === "ArrowDown") step(1);
		else if (event.key === "ArrowUp") step(-1);
		else if (event.key === "Enter") go(found[at]);
		else return;
		event.preventDefault();
	}

	return (
		<Dialog title={t("switcher.title")} isTitleHidden placement="top" onClose={onClose}>
			<SwitcherField
				id={id}
				typed={typed}
				active={found[at] ? at : null}
				onKeyDown={handleKey}
				onType={type}
			/>
			<SwitcherList id={id} found={found} at={at} onPoint={setAt} onChoose={go} />
			{found.length === 0 && <NoneFound typed={typed} onFind={() => go(undefined)} />}
		</Dialog>
	);
}

/** What is typed, the chats it finds, and which of them Enter would open. */
function useFinding() {
	const [typed, setTyped] = useState("");
	const [at, setAt] = useState(0);
	const found = useChatRows("all", typed, null).slice(0, AT_MOST);
	return {
		typed,
		found,
		at,
		setAt,
		type(text: string) {
			setTyped(text);
			setAt(0);
		},
		/** Around the ends. */
		step(by: 1 | -1) {
			const last = Math.max(0, found.length - 1);
			if (by > 0) setAt(at >= last ? 0 : at + 1);
			else setAt(at <= 0 ? last : at - 1);
		},
	};
}

function NoneFound({ typed, onFind }: { typed: string; onFind: () => void }) {
	const t = useText();
	return (
		<div className="switcher__none">
			<p className="t2">{t("switcher.none")}</p>
			{typed && (
				<Button icon={UserPlus} onClick={onFind}>
					{t("switcher.find", { query: typed })}
				</Button>
			)}
		</div>
	);
}

type FieldProps = {
	id: string;
	typed: string;
	active: number | null;
	onKeyDown: (event: KeyboardEvent) => void;
	onType: (text: string) => void;
};

function SwitcherField({ id, typed, active, onKeyDown, onType }: FieldProps) {
	const t = useText();
	return (
		<div className="field__box switcher__box">
			<Icon of={Search} size="s" />
			<input
				role="combobox"
				aria-expanded="true"
				aria-controls={`${id}-list`}
				aria-activedescendant={active === null ? undefined : `${id}-${active}`}
				aria-label={t("switcher.label")}
				placeholder={t("switcher.placeholder")}
				autoComplete="off"
				spellCheck={false}
				dir="auto"
				value={typed}
				onKeyDown={onKeyDown}
				onChange={(event) => onType(event.target.value)}
			/>
		</div>
	);
}

type ListProps = {
	id: string;
	found: readonly ChatEntry[];
	at: number;
	onPoint: (at: number) => void;
	onChoose: (chat: ChatEntry) => void;
};

function SwitcherList({ id, found, at, onPoint, onChoose }: ListProps) {
	const t = useText();
	const me = useSync((state) => state.me?.id ?? "");
	return (
		<div id={`${id}-list`} role="listbox" aria-label={t("chats.title")} className="switcher__list">
			{found.map((chat, index) => (
				<SwitcherRow
					key={chat.id}
					id={`${id}-${index}`}
					chat={chat}
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
	me: string;
	isActive: boolean;
	onPoint: () => void;
	onChoose: () => void;
};

function SwitcherRow({ id, chat, me, isActive, onPoint, onChoose }: RowProps) {
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
				{face.name}
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
