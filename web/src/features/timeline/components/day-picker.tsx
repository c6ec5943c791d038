import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Message } from "@/api/wire.gen";
import { monthName } from "@/i18n/format";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import type { ChatEntry } from "@/sync/types";
import { Button, IconButton } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FieldNote } from "@/ui/field";
import { addMonths, clampDay, monthOf } from "../calendar";
import { useFindDay } from "../use-find-day";
import { MonthGrid } from "./month-grid";

type Props = {
	chat: ChatEntry;
	/** The day one comes from. */
	from: number;
	onFound: (message: Message, day: number) => void;
	onBeginning: () => void;
	onClose: () => void;
};

/** A month to choose a day from; it stays open, with the reason, when the day cannot be looked for. */
export function DayPicker({ chat, from, onFound, onBeginning, onClose }: Props) {
	const t = useText();
	const [first, last] = [chat.created_at, chat.last_at];
	const [day, setDay] = useState(clampDay(from, first, last));
	const finding = useFindDay(chat, onFound);
	const go = (next: number) => setDay(clampDay(next, first, last));
	return (
		<Dialog title={t("timeline.toDate")} onClose={onClose}>
			<div className="cal">
				<div className="row">
					<h3 className="grow" aria-live="polite">
						{monthName(day)}
					</h3>
					<IconButton
						label={t("timeline.monthBefore")}
						icon={ChevronLeft}
						isFlipped
						aria-disabled={monthOf(day) <= monthOf(first) || undefined}
						onClick={() => go(addMonths(day, -1))}
					/>
					<IconButton
						label={t("timeline.monthAfter")}
						icon={ChevronRight}
						isFlipped
						aria-disabled={monthOf(day) >= monthOf(last) || undefined}
						onClick={() => go(addMonths(day, 1))}
					/>
				</div>
				<MonthGrid
					day={day}
					first={first}
					last={last}
					busy={finding.busy}
					onMove={go}
					onChoose={finding.find}
				/>
				<FieldNote
					id="cal-note"
					error={finding.problem === null ? null : problemText(finding.problem, t)}
				/>
			</div>
			<DialogActions>
				<Button tone="ghost" className="cal__first" onClick={onBeginning}>
					{t("timeline.toBeginning")}
				</Button>
				<Button onClick={onClose}>{t("app.cancel")}</Button>
			</DialogActions>
		</Dialog>
	);
}
