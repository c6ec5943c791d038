import { useCallback, useSyncExternalStore } from "react";

/** Widths at which the panes fold; the same numbers stand in shell.css. */
export const PHONE = "(max-width: 639px)";
export const THREE_PANES = "(min-width: 1360px)";

export function useMedia(query: string): boolean {
	const subscribe = useCallback(
		(notify: () => void) => {
			const list = matchMedia(query);
			list.addEventListener("change", notify);
			return () => list.removeEventListener("change", notify);
		},
		[query],
	);
	return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
