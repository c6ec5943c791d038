import { RefreshCw } from "lucide-react";
import { useEffect, useRef } from "react";
import { useText } from "@/i18n/use-text";
import { Button } from "@/ui/button";
import type { Search } from "../use-message-search";

type Props = {
	search: Pick<
		Search,
		"status" | "hits" | "hasMore" | "hasMoreFailed" | "isBehind" | "more" | "retry"
	>;
};

/** Below the hits: the ones to come, once one comes near, and what may be missing. */
export function HitsEnd({ search }: Props) {
	const t = useText();
	const { status, hits, hasMore, hasMoreFailed, isBehind, more, retry } = search;
	const ref = useNear(more, `${status} ${hasMore} ${hits.length}`);
	if (status !== "done") return null;
	if (hasMoreFailed) {
		return (
			<div className="hits__end" role="alert">
				<Button size="s" icon={RefreshCw} onClick={retry}>
					{t("app.tryAgain")}
				</Button>
			</div>
		);
	}
	if (hasMore) {
		// Its room stays, so that nothing jumps as they come.
		return (
			<div ref={ref} className="hits__end">
				<span className="spin" role="img" aria-label={t("app.loading")} />
			</div>
		);
	}
	return isBehind ? <p className="hits__note">{t("search.behind")}</p> : null;
}

/** Calls when the element is near what is in view, and again for each state of things in which it still is. */
function useNear(onNear: () => void, state: string) {
	const ref = useRef<HTMLDivElement>(null);
	const near = useRef(onNear);
	near.current = onNear;
	// biome-ignore lint/correctness/useExhaustiveDependencies: what came may be too little to leave the view.
	useEffect(() => {
		const element = ref.current;
		if (!element) return;
		const observer = new IntersectionObserver(
			(entries) => {
				if (entries.some(({ isIntersecting }) => isIntersecting)) near.current();
			},
			{ root: element.closest(".scroll"), rootMargin: "300px" },
		);
		observer.observe(element);
		return () => observer.disconnect();
	}, [state]);
	return ref;
}
