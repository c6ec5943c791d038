import { type RefObject, useEffect, useRef } from "react";
import { useFriends, useRequests } from "./hooks";

/**
 * Readies the field for whoever comes to find somebody, or knows nobody yet.
 * Not under a finger, which would get its keyboard over the page.
 */
export function useFirstFocus(
	field: RefObject<HTMLInputElement | null>,
	isSearching: boolean,
): void {
	const knowsNobody = useKnowsNobody();
	const isDecided = useRef(false);
	useEffect(() => {
		if (isDecided.current || (!isSearching && knowsNobody === null)) return;
		// Once: whoever loses their last friend later is not moved from where they are.
		isDecided.current = true;
		const isWanted = isSearching || knowsNobody;
		const isBusy = field.current?.closest("main")?.contains(document.activeElement);
		const isTouch = matchMedia("(pointer: coarse)").matches;
		if (isWanted && !isBusy && !isTouch) field.current?.focus();
	}, [field, isSearching, knowsNobody]);
}

/** Null before it is known. */
function useKnowsNobody(): boolean | null {
	const friends = useFriends().data?.friends;
	const requests = useRequests().data;
	if (friends === undefined || requests === undefined) return null;
	return friends.length + requests.incoming.length + requests.outgoing.length === 0;
}
