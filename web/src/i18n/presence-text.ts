import type { Presence } from "@/api/wire.gen";
import { dateOf, daysBetween, timeOf } from "./format";
import type { Translate } from "./setup";

const HOUR_MS = 3_600_000;

/** Online, or how long ago, coarsely; null where nothing is known or it is hidden. */
export function presenceText(presence: Presence | null, now: number, t: Translate): string | null {
	if (presence === null) return null;
	if (presence.online) return t("presence.online");
	const at = presence.last_seen_at;
	if (at === null) return null;
	const minutes = Math.floor((now - at) / 60_000);
	if (minutes < 1) return t("presence.justNow");
	if (now - at < HOUR_MS) return t("presence.minutes", { count: minutes });
	const days = daysBetween(at, now);
	if (days <= 0) return t("presence.today", { time: timeOf(at) });
	return days === 1
		? t("presence.yesterday", { time: timeOf(at) })
		: t("presence.date", { date: dateOf(at) });
}
