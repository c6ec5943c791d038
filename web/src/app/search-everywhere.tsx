import { type HistoryState, useRouter } from "@tanstack/react-router";
import type { Message } from "@/api/wire.gen";
import { askToSearch } from "@/features/chats/list-search";
import { keepArchive } from "@/features/chats/use-archive";
import { MessageHits } from "@/features/search/components/message-hits";
import { useEscape } from "@/ui/use-escape";
import { askFor, useAskedPlace } from "./ask-for";

type Props = { typed: string; isAlone: boolean };

/** Messages for what is typed above the list. Where the chat takes the place of the list, the way back keeps it. */
export function SearchEverywhere({ typed, isAlone }: Props) {
	const current = useAskedPlace();
	const { history } = useRouter();
	const searched = isAlone ? typed : undefined;
	const stateTo =
		({ chat, seq }: Message) =>
		(before: HistoryState) => ({ ...keepArchive(before), ...askFor(chat, seq)(before), searched });
	// Not to the newest of the chat, which Escape means elsewhere, and which reads it.
	useEscape(askToSearch, (at) => at.closest(".everywhere") !== null);
	function keepHere() {
		if (!isAlone) return;
		const { href, state } = history.location;
		history.replace(href, { ...state, searched });
		// Else the step that follows takes the place of this one.
		history.flush();
	}
	return <MessageHits typed={typed} current={current} stateTo={stateTo} onGo={keepHere} />;
}
