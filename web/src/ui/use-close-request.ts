import { useEffect, useRef } from "react";

type Watcher = { onclose: (() => void) | null; destroy: () => void };

/** Not in every browser yet. */
declare const CloseWatcher: (new () => Watcher) | undefined;

/**
 * Android's Back closes what lies on top, where the browser asks that first. A
 * modal dialog is asked by itself; a popover that keeps its own rules asks to be.
 */
export function useCloseRequest(onClose: () => void): void {
	const close = useRef(onClose);
	close.current = onClose;
	useEffect(() => {
		if (typeof CloseWatcher === "undefined") return;
		const watcher = new CloseWatcher();
		watcher.onclose = () => close.current();
		return () => watcher.destroy();
	}, []);
}
