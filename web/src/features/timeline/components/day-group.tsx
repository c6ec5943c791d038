import type { ReactNode } from "react";
import { dayName } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import { useNow } from "@/ui/use-now";

type Props = {
	at: number;
	isTabStop: boolean;
	/** The day was pressed: one wants to go to another. */
	onChoose: (at: number) => void;
	children: ReactNode;
};

/** Names a day among the stops of the arrow keys. */
export const dayKey = (at: number) => `day-${at}`;

/** One day under its chip, which sticks while the day passes below it. */
export function DayGroup({ at, isTabStop, onChoose, children }: Props) {
	const t = useText();
	const name = dayName(at, useNow(), {
		today: t("timeline.today"),
		yesterday: t("timeline.yesterday"),
	});
	return (
		<li>
			<div className="day">
				<button
					type="button"
					className="day__chip"
					data-rove={dayKey(at)}
					tabIndex={isTabStop ? 0 : -1}
					aria-haspopup="dialog"
					data-tip={t("timeline.toDate")}
					onClick={() => onChoose(at)}
				>
					{name}
				</button>
			</div>
			<ol aria-label={name}>{children}</ol>
		</li>
	);
}
