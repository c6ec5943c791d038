import { type KeyboardEvent, useEffect, useRef } from "react";
import {
	fullDateOf,
	monthName,
	numberOf,
	startOfDay,
	weekdayNames,
	weekStart,
} from "@/i18n/format";
import { classes } from "@/ui/classes";
import { useNow } from "@/ui/use-now";
import { clampDay, dayOfKey, weeksOf } from "../calendar";

type Props = {
	/** The day that has the tab stop; its month is shown. */
	day: number;
	first: number;
	last: number;
	/** The day that is being looked for. */
	busy: number | null;
	onMove: (day: number) => void;
	onChoose: (day: number) => void;
};

/** One month as a grid with one tab stop: arrows, Home, End and the page keys move it. */
export function MonthGrid({ day, first, last, busy, onMove, onChoose }: Props) {
	const grid = useRef<HTMLTableElement>(null);
	const start = weekStart();
	const isMoved = useRef(false);
	useEffect(() => {
		if (!isMoved.current) return;
		isMoved.current = false;
		grid.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
	}, [day]);

	function handleKey(event: KeyboardEvent) {
		const isRtl = document.documentElement.dir === "rtl";
		const next = dayOfKey(event, day, start, isRtl);
		if (next === null) return;
		event.preventDefault();
		isMoved.current = clampDay(next, first, last) !== day;
		onMove(next);
	}

	return (
		<table ref={grid} className="cal__grid" aria-label={monthName(day)} onKeyDown={handleKey}>
			<Weekdays />
			<tbody>
				{weeksOf(day, start).map((week) => (
					<tr key={week.find((one) => one !== null)}>
						{week.map((one, place) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: a place of the week is its column.
							<td key={place}>
								{one !== null && (
									<DayButton
										at={one}
										isActive={one === day}
										isBusy={one === busy}
										isThere={clampDay(one, first, last) === one}
										onChoose={() => onChoose(one)}
									/>
								)}
							</td>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}

function Weekdays() {
	return (
		<thead>
			<tr>
				{weekdayNames().map(({ short, long }) => (
					<th key={long} scope="col" abbr={long}>
						{short}
					</th>
				))}
			</tr>
		</thead>
	);
}

type DayProps = {
	at: number;
	isActive: boolean;
	isBusy: boolean;
	/** The chat was there on that day. */
	isThere: boolean;
	onChoose: () => void;
};

function DayButton({ at, isActive, isBusy, isThere, onChoose }: DayProps) {
	const isToday = startOfDay(useNow()) === at;
	return (
		<button
			type="button"
			className={classes("cal__day num", isActive && "is-active", isToday && "is-today")}
			data-day={at}
			// The dialog gives its first focus to what carries this.
			ref={(element) => {
				if (isActive) element?.setAttribute("autofocus", "");
			}}
			tabIndex={isActive ? 0 : -1}
			disabled={!isThere}
			aria-label={fullDateOf(at)}
			aria-current={isToday ? "date" : undefined}
			aria-busy={isBusy || undefined}
			onClick={onChoose}
		>
			{isBusy ? <span className="spin" /> : numberOf(new Date(at).getDate())}
		</button>
	);
}
