import { type RefObject, useEffect, useRef, useState } from "react";
import type { Message } from "@/api/wire.gen";
import { dayName, startOfDay } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import { announce } from "@/ui/announcer";
import { showToast } from "@/ui/toast";

type Jump = { lit: number | null; toSeq: (seq: number) => void };

/** Going to a day: from which one is asked, and what is said on arrival. */
export function useDayJump(
	ref: RefObject<HTMLElement | null>,
	jump: Jump,
	setTabStop: (key: string | null) => void,
) {
	const t = useText();
	const [from, setFrom] = useState<number | null>(null);
	const due = useRef<number | null>(null);

	// Once the rows are there and the dialog has given the focus back, it goes to the row.
	useEffect(() => {
		if (from !== null || due.current === null || jump.lit !== due.current) return;
		const row = ref.current?.querySelector<HTMLElement>(`[data-seq="${due.current}"]`);
		due.current = null;
		setTabStop(row?.dataset.rove ?? null);
		row?.focus({ preventScroll: true });
	}, [ref, from, jump.lit, setTabStop]);

	function go(seq: number) {
		setFrom(null);
		due.current = seq;
		jump.toSeq(seq);
	}

	function handleFound(message: Message, day: number) {
		const nameOf = (at: number) =>
			dayName(at, Date.now(), { today: t("timeline.today"), yesterday: t("timeline.yesterday") });
		const found = startOfDay(message.created_at);
		const names = { day: nameOf(day), found: nameOf(found) };
		if (found === day) announce(names.found);
		else showToast(t("timeline.dayEmpty", names));
		go(message.seq);
	}

	return { from, choose: setFrom, close: () => setFrom(null), go, handleFound };
}
