import type { State } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { useNow, useTickAt } from "@/ui/use-now";

function nextEnd(state: State, now: number): number | null {
	let next: number | null = null;
	for (const { mine } of state.chats.values()) {
		const until = mine.muted_until;
		if (until !== null && until > now && (next === null || until < next)) next = until;
	}
	return next;
}

/** What is quiet for a while is heard again the moment that ends. */
export function useMuteEnds(): void {
	const now = useNow();
	useTickAt(useSync((state) => nextEnd(state, now)));
}
