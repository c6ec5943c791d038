import { RefreshCw } from "lucide-react";
import { useText } from "@/i18n/use-text";
import type { ChatEntry, TimelineView } from "@/sync/types";
import { useActions } from "@/sync/use-sync";
import { Button } from "@/ui/button";
import { classes } from "@/ui/classes";
import { useSlow } from "@/ui/skeleton";

type Props = { view: TimelineView; chat: ChatEntry; name: string };

/** The upper end of the rows: more to come, a failure, or the beginning. */
export function TimelineEdge({ view, chat, name }: Props) {
	const t = useText();
	const actions = useActions();
	const isSlow = useSlow(!view.isLoaded && view.loadError === null);
	if (view.loadError !== null) {
		const retry = () =>
			void (view.isLoaded ? actions.loadOlder(chat.id) : actions.openChat(chat.id));
		return (
			<div className="edge" role="alert">
				<span className="t2">{t("timeline.loadFailed")}</span>
				<Button size="s" icon={RefreshCw} onClick={retry}>
					{t("app.tryAgain")}
				</Button>
			</div>
		);
	}
	if (!view.isLoaded) return isSlow ? <BubbleSkeleton label={t("app.loading")} /> : null;
	// The space stays while older rows are on their way, so that nothing jumps.
	if (view.hasOlder)
		return (
			<div className="edge edge--more">
				{view.isLoadingOlder && (
					<span className="spin" role="img" aria-label={t("timeline.older")} />
				)}
			</div>
		);
	// Nobody is greeted where nobody can write, nor after a year of talk.
	const isNew = view.rows.length === 0 && chat.closed_at === null;
	return (
		<p className="edge t2 small">
			{t("timeline.begin")} {isNew && t("timeline.hello", { name })}
		</p>
	);
}

/** Groups as they might be: whose, and how wide each row is. */
const GROUPS = [
	{ isOwn: false, widths: [44, 31] },
	{ isOwn: true, widths: [38] },
	{ isOwn: false, widths: [58, 36, 49] },
	{ isOwn: true, widths: [27, 46] },
	{ isOwn: false, widths: [53] },
	{ isOwn: true, widths: [34] },
] as const;

function BubbleSkeleton({ label }: { label: string }) {
	return (
		<div className="bubbles" role="status" aria-label={label}>
			{GROUPS.map(({ isOwn, widths }) => (
				<div key={widths.join()} className={classes("bubbles__group", isOwn && "bubbles--own")}>
					{widths.map((width) => (
						<span key={width} className="skel" style={{ inlineSize: `${width}%` }} />
					))}
				</div>
			))}
		</div>
	);
}
