import { RefreshCw, WifiOff } from "lucide-react";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { SkeletonRows } from "@/ui/skeleton";
import type { Search } from "../use-message-search";

type Props = { search: Pick<Search, "status" | "words" | "hits" | "hasMore" | "error" | "retry"> };

/** What stands where no hit does: why, and what to do about it. */
export function SearchNote({ search }: Props) {
	const t = useText();
	const { status, words, hits, hasMore, error, retry } = search;
	if (status === "busy") return <SkeletonRows label={t("app.loading")} />;
	if (status === "offline") {
		return (
			<p className="hits__note row" role="status">
				<Icon of={WifiOff} size="s" />
				{t("search.offline")}
			</p>
		);
	}
	if (status === "failed") {
		return (
			<div className="hits__note" role="alert">
				<p>{problemText(error, t)}</p>
				<Button size="s" icon={RefreshCw} onClick={retry}>
					{t("app.tryAgain")}
				</Button>
			</div>
		);
	}
	// A page may be empty and yet not the last.
	if (status === "done" && (hits.length > 0 || hasMore)) return null;
	return (
		<p className="hits__note">
			{status === "done" ? t("search.none", { query: words }) : t(`search.${status}`)}
		</p>
	);
}
