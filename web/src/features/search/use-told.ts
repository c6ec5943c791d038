import { useEffect } from "react";
import { useText } from "@/i18n/use-text";
import { announce } from "@/ui/announcer";
import type { Search } from "./use-message-search";

/** Tells readers how many hits there are, once it is known. */
export function useTold({ status, words, hits, hasMore }: Search): void {
	const t = useText();
	const count = hits.length;
	const isTold = status === "done" && (count > 0 || !hasMore);
	useEffect(() => {
		if (!isTold) return;
		if (count === 0) announce(t("search.none", { query: words }));
		else announce(t("search.count", { count }));
	}, [isTold, words, count, t]);
}
