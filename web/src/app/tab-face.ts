/**
 * What the browser shows of the page outside of it: title, mark and badge.
 *
 * Each change of them costs a request and work of the browser itself, and one
 * that is taken back at once blinks. So they follow what waits only once it
 * has settled: of a message that is read as it comes they say nothing.
 */
import { translate } from "@/i18n/setup";

/** Unread messages, those of direct chats apart from all other. */
export type Waiting = { readonly direct: number; readonly other: number };

export type TabFace = {
	readonly follow: (waiting: Waiting) => void;
	/** Nobody is here any more for whom something could wait. */
	readonly close: () => void;
};

const SETTLE_MS = 250;
const NOTHING: Waiting = { direct: 0, other: 0 };

export function createTabFace(): TabFace {
	let latest = NOTHING;
	let shown: Waiting | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;

	function show(): void {
		timer = undefined;
		const before = shown;
		shown = latest;
		const { direct } = latest;
		const name = translate("app.name");
		const title = direct > 0 ? translate("title.unread", { count: direct, title: name }) : name;
		if (document.title !== title) document.title = title;
		const icon = document.getElementById("favicon");
		if (icon?.getAttribute("href") !== markOf(latest)) icon?.setAttribute("href", markOf(latest));
		if (direct !== before?.direct) showBadge(direct);
	}

	return {
		follow(waiting) {
			latest = waiting;
			timer ??= setTimeout(show, SETTLE_MS);
		},
		close() {
			clearTimeout(timer);
			latest = NOTHING;
			show();
		},
	};
}

function markOf({ direct, other }: Waiting): string {
	if (direct > 0) return "/favicon-mention.svg";
	return other > 0 ? "/favicon-dot.svg" : "/favicon.svg";
}

function showBadge(count: number): void {
	if (count > 0) void navigator.setAppBadge?.(count).catch(() => undefined);
	else void navigator.clearAppBadge?.().catch(() => undefined);
}
