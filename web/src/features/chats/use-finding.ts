import { useState } from "react";
import type { ChatEntry } from "@/sync/types";
import { useChatRows } from "./use-chat-rows";

export type Finding = ReturnType<typeof useFinding>;

/** What is typed, the chats it finds, and which of them Enter is for. */
export function useFinding(atMost: number, isWanted: (chat: ChatEntry) => boolean = () => true) {
	const [typed, setTyped] = useState("");
	const [wished, setAt] = useState(0);
	const found = useChatRows("all", typed, null).filter(isWanted).slice(0, atMost);
	const at = Math.min(wished, Math.max(0, found.length - 1));
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
			const count = Math.max(1, found.length);
			setAt((at + by + count) % count);
		},
	};
}
