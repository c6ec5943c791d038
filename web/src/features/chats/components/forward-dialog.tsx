import { Check } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import type { ChatEntry } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { Avatar } from "@/ui/avatar";
import { Button } from "@/ui/button";
import { classes } from "@/ui/classes";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { MarkedName } from "@/ui/marked-name";
import { isMod } from "@/ui/platform";
import { useNameSearch } from "../use-name-search";
import { NameField } from "./name-field";

/** Whoever looks for more types a name. */
const AT_MOST = 50;

type Props = { onSend: (chats: readonly ChatEntry[]) => void; onClose: () => void };

/** To whom: one or several of the chats one may write in, those of late first. */
export function ForwardDialog({ onSend, onClose }: Props) {
	const t = useText();
	const id = useId();
	const { chosen, toggle } = useChosen();
	const search = useNameSearch(AT_MOST, isOpen);
	const { typed, hits, at, step } = search;
	const send = () => chosen.length > 0 && onSend(chosen);
	// A finger did not ask for the keyboard over what it came to see.
	const isTouch = matchMedia("(pointer: coarse)").matches;

	function handleKey(event: KeyboardEvent) {
		if (event.nativeEvent.isComposing) return;
		const active = hits[at];
		if (event.key === "ArrowDown") step(1);
		else if (event.key === "ArrowUp") step(-1);
		else if (event.key === "Enter" && isMod(event.nativeEvent)) send();
		else if (event.key === "Enter" && active) toggle(active);
		else return;
		event.preventDefault();
	}

	return (
		<Dialog title={t("forward.title")} beginsAtTitle={isTouch} onClose={onClose}>
			<NameField id={id} label={t("forward.title")} search={search} onKeyDown={handleKey} />
			<ForwardList {...{ id, typed, hits, at, chosen }} onChoose={toggle} />
			{hits.length === 0 && <p className="t2 small-plus">{t("switcher.none")}</p>}
			<Chosen chats={chosen} />
			<DialogActions>
				<Button tone="ghost" onClick={onClose}>
					{t("app.cancel")}
				</Button>
				<Button tone="primary" disabled={chosen.length === 0} onClick={send}>
					{chosen.length > 1 ? t("forward.doMany", { count: chosen.length }) : t("composer.send")}
				</Button>
			</DialogActions>
		</Dialog>
	);
}

function isOpen({ closed_at }: ChatEntry): boolean {
	return closed_at === null;
}

/** The chosen chats, in the order they were chosen. */
function useChosen() {
	const t = useText();
	const [chosen, setChosen] = useState<readonly ChatEntry[]>([]);
	function toggle(chat: ChatEntry) {
		const others = chosen.filter(({ id }) => id !== chat.id);
		const next = others.length < chosen.length ? others : [...chosen, chat];
		setChosen(next);
		announce(t("timeline.selected", { count: next.length }));
	}
	return { chosen, toggle };
}

type ListProps = {
	id: string;
	typed: string;
	hits: readonly ChatEntry[];
	at: number;
	chosen: readonly ChatEntry[];
	onChoose: (chat: ChatEntry) => void;
};

function ForwardList({ id, typed, hits, at, chosen, onChoose }: ListProps) {
	const t = useText();
	const me = useSync((state) => state.me?.id ?? "");
	return (
		<div
			id={`${id}-list`}
			role="listbox"
			aria-multiselectable="true"
			aria-label={t("chats.title")}
			className="switcher__list forward__list"
		>
			{hits.map((chat, index) => (
				<ForwardRow
					key={chat.id}
					id={`${id}-${index}`}
					chat={chat}
					typed={typed}
					me={me}
					isActive={index === at}
					isChosen={chosen.some((one) => one.id === chat.id)}
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
	isChosen: boolean;
	onChoose: () => void;
};

function ForwardRow({ id, chat, typed, me, isActive, isChosen, onChoose }: RowProps) {
	const face = faceOf(chat, me);
	const ref = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (isActive) ref.current?.scrollIntoView({ block: "nearest" });
	}, [isActive]);
	return (
		// biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the input keeps the focus and takes the keys; this is its option.
		<div
			ref={ref}
			id={id}
			role="option"
			aria-selected={isChosen}
			className={classes("switcher__row", isActive && "is-active", isChosen && "is-chosen")}
			// The field keeps the keys.
			onMouseDown={(event) => event.preventDefault()}
			onClick={onChoose}
		>
			<Avatar id={face.id} name={face.name} photo={face.photo} isGroup={face.isGroup} size={28} />
			<span className="grow clip" dir="auto">
				<MarkedName name={face.name} query={typed} />
			</span>
			<span className="forward__mark">{isChosen && <Icon of={Check} size="xs" />}</span>
		</div>
	);
}

/** Also those that the typed name hides. Their line is there before anybody is chosen, so that nothing moves. */
function Chosen({ chats }: { chats: readonly ChatEntry[] }) {
	const me = useSync((state) => state.me?.id ?? "");
	return (
		<p className="small t2 clip forward__chosen">
			{chats.map((chat, index) => (
				<span key={chat.id}>
					{index > 0 && " · "}
					<bdi>{faceOf(chat, me).name}</bdi>
				</span>
			))}
		</p>
	);
}
