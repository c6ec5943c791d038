import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { isApiError, isOfflineError } from "@/api/client";
import { useApi } from "@/api/use-api";
import type { Message } from "@/api/wire.gen";
import { isSearchable } from "@/lib/words";
import { isCutOff } from "@/sync/selectors";
import type { ChatEntry, Notice } from "@/sync/types";
import { useNotices, useSync } from "@/sync/use-sync";
import { useSettled } from "@/ui/use-settled";
import { searchMessages, type Wanted } from "./api";
import { type Pages, withHeard } from "./hit-pages";

/** The longest that may be searched for. */
export const MOST_LETTERS = 128;

/** What of the typed is searched for. */
function wordsIn(typed: string): string {
	return typed.trim().slice(0, MOST_LETTERS);
}

export type Search = {
	/** `idle`: nothing is typed; `short`: too little to search for. */
	readonly status: "idle" | "short" | "busy" | "offline" | "failed" | "done";
	/** What the hits hold: until others come, those for what was typed before stay. */
	readonly words: string;
	readonly hits: readonly Message[];
	/** They are of another search than the one that is asked for now. */
	readonly isStale: boolean;
	readonly isBehind: boolean;
	readonly hasMore: boolean;
	readonly hasMoreFailed: boolean;
	readonly error: unknown;
	readonly more: () => void;
	readonly retry: () => void;
};

/** Messages that hold what was typed, asked for once the typing rests. */
export function useMessageSearch(
	typed: string,
	chat: string | null = null,
	sender: string | null = null,
): Search {
	const words = useSettled(wordsIn(typed));
	const isOffline = useSync(isCutOff);
	const query = usePages({ words, chat, sender }, isSearchable(words) && !isOffline);
	const { data, error, fetchNextPage, refetch } = query;
	const hits = useHits(data);
	const last = data?.pages.at(-1);
	return {
		status: statusOf(typed, isOffline, query),
		words: last?.words ?? words,
		hits,
		isStale: query.isPlaceholderData || words !== wordsIn(typed),
		isBehind: last?.behind === true,
		hasMore: query.hasNextPage,
		error,
		hasMoreFailed: query.isFetchNextPageError,
		more: () => {
			if (query.hasNextPage && !query.isFetching && !query.isError) void fetchNextPage();
		},
		retry: () => void (query.isFetchNextPageError ? fetchNextPage() : refetch()),
	};
}

type Query = ReturnType<typeof usePages>;

function statusOf(typed: string, isOffline: boolean, query: Query): Search["status"] {
	const { data, error, isPlaceholderData } = query;
	if (typed.trim() === "") return "idle";
	if (!isSearchable(typed)) return "short";
	if (isOffline && (isPlaceholderData || data === undefined)) return "offline";
	if (data !== undefined) return "done";
	if (isApiError(error) && error.code === "messages.too_short") return "short";
	if (isOfflineError(error)) return "offline";
	return error === null ? "busy" : "failed";
}

function usePages(wanted: Wanted, isEnabled: boolean) {
	const api = useApi();
	useHearing();
	return useInfiniteQuery({
		queryKey: ["messages", wanted],
		queryFn: async ({ pageParam, signal }) => ({
			...(await searchMessages(api, wanted, pageParam, signal)),
			words: wanted.words,
		}),
		initialPageParam: null as string | null,
		getNextPageParam: ({ next }) => next,
		enabled: isEnabled,
		placeholderData: keepPreviousData,
		networkMode: "always",
		// What was written a moment ago is looked for too; but nobody asked for a page again by looking away.
		staleTime: 0,
		refetchOnWindowFocus: false,
	});
}

/** What is edited or deleted meanwhile is so here too. */
function useHearing() {
	const queries = useQueryClient();
	const hear = useCallback(
		(notice: Notice) => {
			if (notice.kind !== "message") return;
			queries.setQueriesData<Pages>(
				{ queryKey: ["messages"] },
				(pages) => pages && withHeard(pages, notice.message),
			);
		},
		[queries],
	);
	useNotices(hear);
}

/** Without those of chats that one has deleted since. */
function useHits(data: Pages | undefined): readonly Message[] {
	const chats = useSync((state) => state.chats);
	return useMemo(
		() => (data?.pages ?? []).flatMap(({ messages }) => messages.filter(isThere(chats))),
		[data, chats],
	);
}

const isThere =
	(chats: ReadonlyMap<string, ChatEntry>) =>
	({ chat, seq }: Message) => {
		const entry = chats.get(chat);
		return entry !== undefined && seq > entry.mine.hidden_upto_seq;
	};
