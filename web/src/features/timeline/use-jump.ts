import { useCallback, useEffect, useRef, useState } from "react";
import type { Row, TimelineView } from "@/sync/types";
import { useActions } from "@/sync/use-sync";

const LIT_MS = 1600;

/** Going to one message and back to the newest. */
export function useJump(
	chat: string,
	view: TimelineView,
	at: number | null,
	toRow: (key: string) => boolean,
	toEnd: () => void,
) {
	const actions = useActions();
	const { lit, show } = useShow(view.rows, toRow);
	const wanted = useRef<number | null>(at);
	const isFollowing = useRef(true);
	isFollowing.current = view.isFollowing;

	const toSeq = useCallback(
		(seq: number) => {
			if (show(seq)) return;
			wanted.current = seq;
			void actions.jumpTo(chat, seq);
		},
		[actions, chat, show],
	);

	const toLatest = useCallback(() => {
		wanted.current = null;
		void actions.jumpToLatest(chat).then(toEnd);
	}, [actions, chat, toEnd]);

	/** What one just wrote is at the end: whoever reads further up goes there. */
	const toSent = useCallback(() => {
		if (isFollowing.current) toEnd();
		else toLatest();
	}, [toEnd, toLatest]);

	// A permalink asks once the chat is there.
	useEffect(() => {
		if (at !== null) toSeq(at);
	}, [at, toSeq]);

	// The page that holds the wanted row has been swapped in.
	// biome-ignore lint/correctness/useExhaustiveDependencies: each new set of rows may bring the wanted one.
	useEffect(() => {
		if (wanted.current !== null && !view.isJumping && show(wanted.current)) wanted.current = null;
	}, [view.rows, view.isJumping, show]);

	return { lit, toSeq, toLatest, toSent };
}

/** Goes to a row that is mounted, and tells whether it is. */
function useShow(mounted: readonly Row[], toRow: (key: string) => boolean) {
	const [lit, light] = useLight();
	const rows = useRef(mounted);
	rows.current = mounted;
	const show = useCallback(
		(seq: number) => {
			const row = rows.current.find((candidate) => candidate.message.seq === seq);
			if (!row) return false;
			toRow(row.key);
			light(seq);
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
