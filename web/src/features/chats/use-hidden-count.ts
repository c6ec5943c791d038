import { useQuery } from "@tanstack/react-query";
import { fetchPage } from "@/api/chats";
import { useApi } from "@/api/use-api";
import { isEmpty } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { useSync } from "@/sync/use-sync";

/** How many of the chat's messages one has deleted for oneself; null until it is known. */
export function useHiddenCount(chat: ChatEntry): number | null {
	const api = useApi();
	const { hidden_upto_seq: upTo } = chat.mine;
	const held = useSync((state) => state.timelines.get(chat.id)?.bySeq.get(upTo + 1));
	const isAllOrNone = upTo === 0 || isEmpty(chat);
	const asked = useQuery({
		queryKey: ["first-message", chat.id, upTo],
		queryFn: () => fetchPage(api, chat.id, { after: upTo }, 1),
		enabled: !isAllOrNone && held === undefined,
		staleTime: Number.POSITIVE_INFINITY,
	});
	if (isAllOrNone) return upTo === 0 ? 0 : chat.n;
	// Its own number is one more than what came before it.
	const first = held ?? asked.data?.messages[0];
	return first === undefined ? null : first.n - 1;
}
