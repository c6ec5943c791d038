import { useMemo, useRef } from "react";
import { unreadOf } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";

export type LookUp = ReturnType<typeof useLookUp>;

/**
 * Whether the reader only looks something up: led to a message past others
 * that are unread, which are not read by being near it. It ends at the end of
 * the rows, where one goes oneself, or by asking for what is new.
 */
export function useLookUp(chat: ChatEntry, isLed: boolean) {
	const unread = useRef(0);
	unread.current = unreadOf(chat);
	const isOn = useRef(isLed && unread.current > 0);
	return useMemo(
		() => ({
			isOn: () => isOn.current,
			begin() {
				if (unread.current > 0) isOn.current = true;
			},
			end() {
				isOn.current = false;
			},
		}),
		[],
	);
}
