import { QueryClient } from "@tanstack/react-query";
import { isApiError } from "@/api/client";
import { forgetDeclines } from "@/features/people/undo-decline";
import type { Notice, Sync } from "@/sync/types";

/** Which answers an account event makes stale. */
const STALE: Record<string, readonly string[]> = {
	"friend.request": ["requests", "people"],
	"friend.accepted": ["friends", "requests", "people"],
	// A block from another device ends a friendship too.
	"friend.removed": ["friends", "requests", "people", "blocked"],
	"account.updated": ["logins"],
};

export function createQueries(): QueryClient {
	return new QueryClient({
		defaultOptions: {
			// Without a network a press says so at once. Held back it would look as if
			// nothing happened, and happen when nobody expects it any more.
			mutations: { networkMode: "always" },
			queries: {
				staleTime: 30_000,
				// A refusal stays one; only silence and a struggling server are asked again.
				retry: (count, error) => count < 2 && (!isApiError(error) || error.status >= 500),
			},
		},
	});
}

/** Answers of the REST API follow the events, so nothing is polled. */
export function followEvents(queries: QueryClient, sync: Sync): () => void {
	return sync.onNotice((notice: Notice) => {
		if (notice.kind === "reset") void queries.invalidateQueries();
		if (notice.kind === "signed-out") {
			forgetDeclines();
			queries.clear();
		}
		if (notice.kind !== "account-event") return;
		for (const key of STALE[notice.event] ?? [])
			void queries.invalidateQueries({ queryKey: [key] });
	});
}
