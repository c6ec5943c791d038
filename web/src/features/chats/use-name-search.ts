import { useState } from "react";
import type { ChatEntry } from "@/sync/types";
import { useChatRows } from "./use-chat-rows";

export type NameSearch = ReturnType<typeof useNameSearch>;

/** What is typed, the chats it finds, and which of them Enter is for. */
export function useNameSearch(atMost: number, isWanted: (chat: ChatEntry) => boolean = () => true) {
	const [typed, setTyped] = useState("");
	const [wished, setAt] = useState(0);
	const hits = useChatRows("all", typed, null).filter(isWanted).slice(0, atMost);
	const at = Math.min(wished, Math.max(0, hits.length - 1));
	return {
		typed,
		hits,
		at,
		setAt,
		type(text: string) {
			setTyped(text);
			setAt(0);
		},
		/** Around the ends. */
		step(by: 1 | -1) {
			const count = Math.max(1, hits.length);
			setAt((at + by + count) % count);
		},
	};
}
