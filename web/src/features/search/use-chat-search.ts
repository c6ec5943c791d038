import { useEffect, useState } from "react";
import type { Message } from "@/api/wire.gen";
import { useDue } from "@/ui/use-due";
import { type Search, useMessageSearch } from "./use-message-search";

export type ChatSearch = ReturnType<typeof useChatSearch>;

/** A hit, and where it stood: there one goes on when it is gone. */
type Place = { readonly seq: number; readonly at: number };

/** So near the last hit that is here, the next ones are asked for. */
const NEAR = 3;

/** Looking for words in one chat: what is typed, which hit is at hand, and which one was gone to. */
export function useChatSearch(chat: string, onGo: (seq: number) => void) {
	const [typed, setTyped] = useState("");
	const [sender, setSender] = useState<string | null>(null);
	const [gone, setGone] = useState<number | null>(null);
	const search = useMessageSearch(typed, chat, sender);
	const { at, isChosen, put, startOver } = useHitAtHand(search);
	const isHere = search.status === "done" && !search.isStale;
	// Typing starts over, so of hits that were waited for the first is meant.
	const setDue = useDue(isHere, () => go(0));

	function go(index: number) {
		const hit = put(index);
		if (!hit) return;
		setGone(hit.seq);
		onGo(hit.seq);
	}

	function forget() {
		startOver();
		setGone(null);
		setDue(false);
	}

	return {
		typed,
		sender,
		search,
		at,
		gone,
		put,
		go,
		/** To the hit at hand: the chosen one, or the first once it is here. */
		goOn: () => (isHere || isChosen ? go(at) : setDue(true)),
		type(text: string) {
			setTyped(text);
			forget();
		},
		askOf(account: string | null) {
			setSender(account);
			forget();
		},
	};
}

function useHitAtHand({ hits, more }: Search) {
	const [place, setPlace] = useState<Place | null>(null);
	const at = placeAmong(hits, place);

	// biome-ignore lint/correctness/useExhaustiveDependencies: to come near the end is what asks.
	useEffect(() => {
		if (place !== null && at >= hits.length - NEAR) more();
	}, [at, hits.length, place]);

	function put(index: number): Message | undefined {
		const hit = hits[Math.max(0, Math.min(index, hits.length - 1))];
		if (hit) setPlace({ seq: hit.seq, at: hits.indexOf(hit) });
		return hit;
	}
	return { at, isChosen: place !== null, put, startOver: () => setPlace(null) };
}

function placeAmong(hits: readonly Message[], place: Place | null): number {
	if (place === null) return 0;
	const at = hits.findIndex(({ seq }) => seq === place.seq);
	return at >= 0 ? at : Math.max(0, Math.min(place.at, hits.length - 1));
}
