import { type ReactNode, useLayoutEffect, useState } from "react";
import { HitsBar } from "@/features/search/components/hits-bar";
import { SearchPane } from "@/features/search/components/search-pane";
import { useChatSearch } from "@/features/search/use-chat-search";
import { useText } from "@/i18n/use-text";
import type { ChatFace } from "@/sync/chat-face";
import { useSync } from "@/sync/use-sync";
import { Dialog } from "@/ui/dialog";
import { useEscape } from "@/ui/use-escape";
import { useHitMarks } from "./use-hit-marks";
import type { useSearch } from "./use-search";

type Props = {
	chat: string;
	face: ChatFace;
	way: ReturnType<typeof useSearch>;
	/** Puts the way along the hits into the chat, while that is in front. */
	putInChat: (bar: ReactNode) => ReactNode;
	onGo: (seq: number) => void;
};

/** The search of one chat, in whichever place there is room for it. */
export function ChatSearch({ chat, face, way, putInChat, onGo }: Props) {
	const t = useText();
	const me = useSync((state) => state.me?.id ?? "");
	const chatSearch = useChatSearch(chat, (seq) => {
		onGo(seq);
		way.uncover();
	});
	const { gone, search } = chatSearch;
	useHitMarks(gone, search.words);
	useFocusBack();
	if (way.mode === "hits" && gone !== null) {
		const bar = <HitsBar chatSearch={chatSearch} onList={way.open} onClose={way.close} />;
		return putInChat(bar);
	}
	const pane = (
		<SearchPane face={face} me={me} chatSearch={chatSearch} asked={way.asked} onClose={way.close} />
	);
	if (way.mode === "pane") return <Beside onClose={way.close}>{pane}</Beside>;
	return (
		<Dialog
			title={t("search.inChat")}
			isTitleHidden
			beginsAtTitle={gone !== null}
			placement="side"
			onClose={way.close}
		>
			<div className="search-pane">{pane}</div>
		</Dialog>
	);
}

function Beside({ onClose, children }: { onClose: () => void; children: ReactNode }) {
	const t = useText();
	useEscape(onClose);
	return (
		<aside
			className="pane pane--details search-pane is-new"
			data-region
			aria-label={t("search.inChat")}
		>
			{children}
		</aside>
	);
}

/** The focus goes with what had it: back to where it was, else to where one writes, but for a finger. */
function useFocusBack() {
	const [before] = useState(() => document.activeElement);
	useLayoutEffect(
		() => () => {
			const now = document.activeElement;
			if (now !== document.body && !now?.closest(".search-pane, .hits-bar")) return;
			const isTouch = matchMedia("(pointer: coarse)").matches;
			const field = isTouch ? null : document.querySelector<HTMLElement>("#composer textarea");
			const isThere =
				before instanceof HTMLElement && before.isConnected && before !== document.body;
			(isThere ? before : field)?.focus({ preventScroll: true });
		},
		[before],
	);
}
