import { createPortal } from "react-dom";
import type { ChatFace } from "@/sync/chat-face";
import type { ChatEntry } from "@/sync/types";
import { latePart, useLatePart } from "@/ui/late-part";
import { ChatDetails } from "./chat-details";
import type { useDetails } from "./use-details";
import type { useSearch } from "./use-search";

const searchPart = latePart(() => import("./chat-search").then((module) => module.ChatSearch));

type Props = {
	chat: ChatEntry;
	face: ChatFace;
	details: ReturnType<typeof useDetails>;
	search: ReturnType<typeof useSearch>;
	/** Where the way along the hits stands in the chat. */
	slot: HTMLElement | null;
	onGo: (seq: number) => void;
};

/** What is beside the chat or over it: what is known about it, or what is looked for in it. */
export function ChatSide({ chat, face, details, search, slot, onGo }: Props) {
	const ChatSearch = useLatePart(searchPart, search.mode !== null, search.close);
	if (search.mode !== null && ChatSearch)
		return (
			<ChatSearch
				chat={chat.id}
				face={face}
				way={search}
				putInChat={(bar) => slot && createPortal(bar, slot)}
				onGo={onGo}
			/>
		);
	return <ChatDetails chat={chat} face={face} details={details} onSearch={search.open} />;
}
