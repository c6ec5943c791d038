import { ChevronDown, ChevronUp, Search, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { numberOf } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import { announce } from "@/ui/announcer";
import { IconButton } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { useEscape } from "@/ui/use-escape";
import { snippetOf } from "../snippet";
import type { ChatSearch } from "../use-chat-search";

type Props = { chatSearch: ChatSearch; onList: () => void; onClose: () => void };

/** Over the chat, where there is no room for the hits beside it: which one this is, and the ways to the next. */
export function HitsBar({ chatSearch, onList, onClose }: Props) {
	const t = useText();
	const { at, go, search } = chatSearch;
	const { hits, hasMore } = search;
	const bar = useFirstWay();
	useEscape(onClose);
	const total = `${numberOf(hits.length)}${hasMore ? "+" : ""}`;
	const place = t("search.place", { at: numberOf(Math.min(at + 1, hits.length)), total });
	useToldPlace(chatSearch, place);
	return (
		<search ref={bar} className="hits-bar" aria-label={t("search.inChat")} data-region>
			<button type="button" className="grow hits-bar__all" onClick={onList}>
				<Icon of={Search} size="s" />
				<span className="clip" dir="auto">
					{chatSearch.typed}
				</span>
				<span className="num t2">{place}</span>
			</button>
			<IconButton
				label={t("search.older")}
				icon={ChevronUp}
				aria-disabled={at >= hits.length - 1 || undefined}
				onClick={() => at < hits.length - 1 && go(at + 1)}
			/>
			<IconButton
				label={t("search.newer")}
				icon={ChevronDown}
				aria-disabled={at <= 0 || undefined}
				onClick={() => at > 0 && go(at - 1)}
			/>
			<IconButton label={t("search.close")} icon={X} keys="Esc" onClick={onClose} />
		</search>
	);
}

/** The first way that leads on has the focus. */
function useFirstWay() {
	const bar = useRef<HTMLElement>(null);
	useEffect(() => {
		bar.current
			?.querySelector<HTMLElement>(".icon-btn:not([aria-disabled])")
			?.focus({ preventScroll: true });
	}, []);
	return bar;
}

/** What one came to is out of the focus' way: readers hear it. */
function useToldPlace({ search: { hits, words }, at }: ChatSearch, place: string) {
	const hit = hits[at];
	const text = hit
		? snippetOf(hit.body, words)
				.map((piece) => piece.text)
				.join("")
		: "";
	const told = useRef("");
	told.current = `${place}: ${text}`;
	// biome-ignore lint/correctness/useExhaustiveDependencies: told once for each hit that one comes to.
	useEffect(() => announce(told.current), [hit?.seq]);
}
