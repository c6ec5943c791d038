import { type RefObject, useEffect } from "react";
import { selectTimeline } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { lowestSeenSeq } from "./dom-scroller";
import { useLeftPlace } from "./left-places";
import { type Permalink, useJump } from "./use-jump";
import { useLookUp } from "./use-look-up";
import { usePageKeys } from "./use-page-keys";
import { useReading } from "./use-reading";
import { useScroll } from "./use-scroll";
import { useVisit } from "./use-visit";
import { useWayBack } from "./use-way-back";

/** Where one is among the rows of a chat, and the ways to elsewhere. */
export function useWay(
	ref: RefObject<HTMLElement | null>,
	chat: ChatEntry,
	{ at, asked }: Permalink,
) {
	const actions = useActions();
	const view = useSync((state) => selectTimeline(state, chat.id));
	const lookUp = useLookUp(chat, at !== null);
	const read = useReading(ref, chat.id, view.isFollowing, lookUp.isOn);
	const { left, leave } = useLeftPlace(chat.id, at);
	const scroll = useScroll(ref, view, left?.anchor ?? null, {
		loadOlder: () => void actions.loadOlder(chat.id),
		loadNewer: () => void actions.loadNewer(chat.id),
		onHold: (isHeld) => actions.holdRows(chat.id, isHeld),
		onSettled: read,
		onMoved: (isEnd) => {
			if (isEnd) lookUp.end();
		},
		onLeave: (anchor) => leave(anchor, view.rows),
	});
	usePageKeys(scroll.turn);
	const visit = useVisit(chat, view, scroll.isEnd);
	const seenTo = () => (ref.current ? lowestSeenSeq(ref.current) : 0);
	const jump = useJump(chat.id, view, { at, asked }, { ...scroll, seenTo, lookUp });
	const back = useWayBack(scroll.isEnd, jump.toSeq);
	useOpenChat(chat.id, left?.seq ?? null);
	/** A hand on the rows at the end: they are being read. */
	function meet() {
		if (!scroll.isEnd) return;
		lookUp.end();
		read();
	}
	return { view, visit, scroll, jump, back, meet };
}

/** Hears the chat's typing and loads its rows, where one left if one did, for as long as it is looked at. */
function useOpenChat(chat: string, left: number | null) {
	const actions = useActions();
	useEffect(() => {
		let isHere = true;
		async function comeBackTo(seq: number) {
			await actions.jumpTo(chat, seq);
			// Where the rows of that place cannot be had, it opens as if one had never been there.
			if (isHere) void actions.openChat(chat);
		}
		if (left !== null) void comeBackTo(left);
		void actions.openChat(chat);
		return () => {
			isHere = false;
			actions.closeChat(chat);
		};
	}, [actions, chat, left]);
}
