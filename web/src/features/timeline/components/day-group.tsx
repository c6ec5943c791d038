import type { ReactNode } from "react";
import { dayName } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import { useNow } from "@/ui/use-now";

/** One day under its chip, which sticks while the day passes below it. */
export function DayGroup({ at, children }: { at: number; children: ReactNode }) {
	const t = useText();
	const name = dayName(at, useNow(), {
		today: t("timeline.today"),
		yesterday: t("timeline.yesterday"),
	});
	return (
		<li>
			<div className="day">
				<span>{name}</span>
			</div>
			<ol aria-label={name}>{children}</ol>
		</li>
	);
}
