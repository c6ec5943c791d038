import { type HistoryState, useLocation } from "@tanstack/react-router";

declare module "@tanstack/react-router" {
	interface HistoryState {
		/** The message that this step leads to, and how many such steps there were: chat, place and number. */
		asked?: string;
	}
}

/** For a step to a message: to be led there again is a step too. */
export function askFor(chat: string, seq: number) {
	return ({ asked = "0" }: HistoryState): HistoryState => {
		const times = Number(asked.slice(asked.lastIndexOf("/") + 1));
		return { asked: `${chat}/${seq}/${times + 1}` };
	};
}

/** Where the step led that one stands at: chat and place. */
export function useAskedPlace(): string | null {
	const asked = useLocation({ select: ({ state }) => state.asked });
	return asked?.slice(0, asked.lastIndexOf("/")) ?? null;
}
