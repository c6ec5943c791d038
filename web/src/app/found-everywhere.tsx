import { type HistoryState, useRouter } from "@tanstack/react-router";
import type { Message } from "@/api/wire.gen";
import { askToFind } from "@/features/chats/find-everywhere";
import { keepArchive } from "@/features/chats/use-archive";
import { FoundMessages } from "@/features/search/components/found-messages";
import { useEscape } from "@/ui/use-escape";
import { askFor } from "./ask-for";

type Props = { typed: string; current: string | null; isAlone: boolean };

/** Messages for what is typed above the list. Where the chat takes the place of the list, the way back keeps it. */
export function FoundEverywhere({ typed, current, isAlone }: Props) {
	const { history } = useRouter();
	const find = isAlone ? typed : undefined;
	const stateTo =
		({ chat, seq }: Message) =>
		(before: HistoryState) => ({ ...keepArchive(before), ...askFor(chat, seq)(before), find });
	// Not to the newest of the chat, which Escape means elsewhere, and which reads it.
	useEscape(askToFind, (at) => at.closest(".found") !== null);
	function keepHere() {
		if (!isAlone) return;
		const { href, state } = history.location;
		history.replace(href, { ...state, find });
		// Else the step that follows takes the place of this one.
		history.flush();
	}
	return <FoundMessages typed={typed} current={current} stateTo={stateTo} onGo={keepHere} />;
}
