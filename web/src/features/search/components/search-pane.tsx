import { X } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef } from "react";
import { useText } from "@/i18n/use-text";
import type { ChatFace } from "@/sync/chat-face";
import { IconButton } from "@/ui/button";
import { Segmented } from "@/ui/choice";
import { SearchField } from "@/ui/search-field";
import type { ChatSearch } from "../use-chat-search";
import { MOST_LETTERS } from "../use-message-search";
import { useTold } from "../use-told";
import { HitList } from "./hit-list";
import { SearchNote } from "./search-note";

type Props = {
	face: ChatFace;
	me: string;
	chatSearch: ChatSearch;
	/** Another one each time it is asked for: then the field is where one types. */
	asked: number;
	onClose: () => void;
};

/** The words of a chat: where they are typed, by whom they are, and what holds them. */
export function SearchPane({ face, me, chatSearch, asked, onClose }: Props) {
	const t = useText();
	const id = useId();
	const { search, at, put, goOn } = chatSearch;
	const field = useAskedField(asked, chatSearch.gone === null);
	useTold(search);

	function handleKey(event: KeyboardEvent) {
		if (event.nativeEvent.isComposing) return;
		if (event.key === "ArrowDown") put(at + 1);
		else if (event.key === "ArrowUp") put(at - 1);
		else if (event.key === "Enter") goOn();
		else return;
		event.preventDefault();
	}

	return (
		<>
			<header className="head">
				<SearchField
					ref={field}
					label={t("search.inChat")}
					typed={chatSearch.typed}
					onType={chatSearch.type}
					hits={{ id, count: search.status === "done" ? search.hits.length : 0, at }}
					maxLength={MOST_LETTERS}
					onKeyDown={handleKey}
					className="grow"
				/>
				<IconButton label={t("search.close")} icon={X} keys="Esc" onClick={onClose} />
			</header>
			{face.peer && (
				<From me={me} peer={face.peer.account} name={face.name} chatSearch={chatSearch} />
			)}
			<div className="scroll">
				<SearchNote search={search} />
				<HitList id={id} face={face} me={me} chatSearch={chatSearch} />
			</div>
		</>
	);
}

type FromProps = { me: string; peer: string; name: string; chatSearch: ChatSearch };

const ANYONE = "";

function From({ me, peer, name, chatSearch }: FromProps) {
	const t = useText();
	const options = useMemo(
		() => [
			{ value: ANYONE, label: t("search.anyone") },
			{ value: me, label: t("timeline.you") },
			{ value: peer, label: name },
		],
		[t, me, peer, name],
	);
	return (
		<Segmented
			look="chips"
			label={t("search.from")}
			options={options}
			value={chatSearch.sender ?? ANYONE}
			onChange={(account) => chatSearch.askOf(account === ANYONE ? null : account)}
		/>
	);
}

/**
 * Where one types is where the focus is. Not under a finger that comes back to
 * the hits: it would get its keyboard over them.
 */
function useAskedField(asked: number, isFirst: boolean) {
	const field = useRef<HTMLInputElement>(null);
	const wanted = useRef(true);
	wanted.current = isFirst || !matchMedia("(pointer: coarse)").matches;
	// biome-ignore lint/correctness/useExhaustiveDependencies: each asking is one of its own.
	useEffect(() => {
		if (!wanted.current) return;
		field.current?.focus();
		field.current?.select();
	}, [asked]);
	return field;
}
