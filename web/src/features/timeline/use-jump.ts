import { useCallback, useEffect, useRef, useState } from "react";
import { selectChat, unreadOf } from "@/sync/selectors";
import type { Row, TimelineView } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import type { LookUp } from "./use-look-up";

const LIT_MS = 1600;

type Ways = {
	toRow: (key: string) => boolean;
	toEnd: () => void;
	/** The lowest message in view. */
	seenTo: () => number;
	lookUp: LookUp;
};

/** The message that the address names, and the step that led there: chat, place and number. */
export type Permalink = { readonly at: number | null; readonly asked: string | null };

/** A message, or the first one below the unread line. */
type Goal = { seq: number; isLine: boolean };

/** Going to one message, to the unread line, and back to the newest. */
export function useJump(chat: string, view: TimelineView, permalink: Permalink, ways: Ways) {
	const { at } = permalink;
	const { toRow, toEnd, seenTo, lookUp } = ways;
	const actions = useActions();
	const { lit, show } = useShow(view.rows, toRow);
	const wanted = useRef<Goal | null>(at === null ? null : { seq: at, isLine: false });
	const isFollowing = useRef(true);
	isFollowing.current = view.isFollowing;
	const unread = useUnread(chat);

	const toGoal = useCallback(
		(goal: Goal) => {
			wanted.current = null;
			if (show(goal)) return;
			wanted.current = goal;
			void actions.jumpTo(chat, goal.seq);
		},
		[actions, chat, show],
	);
	const toSeq = useCallback((seq: number) => toGoal({ seq, isLine: false }), [toGoal]);

	const toLatest = useCallback(() => {
		wanted.current = null;
		void actions.jumpToLatest(chat).then(toEnd);
	}, [actions, chat, toEnd]);

	/** What is new comes first; from there, or where nothing new lies below, the end. */
	function toNext(dividerAfter: number | null) {
		lookUp.end();
		const line = lineBelow(dividerAfter, unread.current, seenTo());
		if (line === null) toLatest();
		else toGoal({ seq: line, isLine: true });
	}

	/** What one just wrote is at the end: whoever reads further up goes there. */
	const toSent = useCallback(() => {
		lookUp.end();
		if (isFollowing.current) toEnd();
		else toLatest();
	}, [lookUp, toEnd, toLatest]);

	const toHit = useHit(chat, permalink, lookUp, toSeq);

	// The page that holds the wanted row has been swapped in.
	// biome-ignore lint/correctness/useExhaustiveDependencies: each new set of rows may bring the wanted one.
	useEffect(() => {
		if (wanted.current !== null && !view.isJumping && show(wanted.current)) wanted.current = null;
	}, [view.rows, view.isJumping, show]);

	return { lit, toSeq, toHit, toNext, toSent };
}

/** To what was looked for, which is no reading of what is unread around it. */
function useHit(
	chat: string,
	{ at, asked }: Permalink,
	lookUp: LookUp,
	toSeq: (seq: number) => void,
) {
	const toHit = useCallback(
		(seq: number) => {
			lookUp.begin();
			toSeq(seq);
		},
		[lookUp, toSeq],
	);

	// A permalink asks once the chat is there, and again with each step to it. The
	// step is known a moment before the address is, and may be to another one.
	const step = at !== null && asked?.startsWith(`${chat}/${at}/`) ? asked : null;
	const led = useRef<{ at: number | null; step: string | null }>({ at: null, step: null });
	useEffect(() => {
		const before = led.current;
		led.current = { at, step: step ?? before.step };
		const isLed = at !== before.at || (step !== null && step !== before.step);
		if (at !== null && isLed) toHit(at);
	}, [at, step, toHit]);
	return toHit;
}

/** The first message under the unread line, if the line lies below all that is in view. */
export function lineBelow(dividerAfter: number | null, unread: number, seenTo: number) {
	const isBelow = dividerAfter !== null && unread > 0 && seenTo <= dividerAfter;
	return isBelow ? dividerAfter + 1 : null;
}

/** How many are unread at the moment of a press: what was marked in the same breath is not. */
function useUnread(chat: string) {
	const unread = useRef(0);
	useSync((state) => {
		const entry = selectChat(state, chat);
		unread.current = entry === null ? 0 : unreadOf(entry);
		return null;
	});
	return unread;
}

/** Goes to a row that is mounted, and tells whether it is. */
function useShow(mounted: readonly Row[], toRow: (key: string) => boolean) {
	const [lit, light] = useLight();
	const rows = useRef(mounted);
	rows.current = mounted;
	const show = useCallback(
		({ seq, isLine }: Goal) => {
			const row = rows.current.find(({ message }) =>
				// The line stands over the first row that is still there.
				isLine ? message.seq >= seq : message.seq === seq,
			);
			if (!row) return false;
			toRow(row.key);
			if (!isLine) light(seq);
			return true;
		},
		[light, toRow],
	);
	return { lit, show };
}

/** The row one came to shows itself for a moment. */
function useLight() {
	const [lit, setLit] = useState<number | null>(null);
	useEffect(() => {
		if (lit === null) return;
		const timer = setTimeout(() => setLit(null), LIT_MS);
		return () => clearTimeout(timer);
	}, [lit]);
	return [lit, setLit] as const;
}
