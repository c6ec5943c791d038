import { useEffect, useRef } from "react";
import { isLayerOpen } from "./layers";

const always = () => true;

/** Escape, where it is meant for this. At the document: after those who mean something nearer. */
export function useEscape(onEscape: () => void, isMeant: (at: Element) => boolean = always): void {
	const latest = useRef({ onEscape, isMeant });
	latest.current = { onEscape, isMeant };
	useEffect(() => {
		function handleKey(event: KeyboardEvent) {
			if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
			if (isLayerOpen() || !latest.current.isMeant(event.target as Element)) return;
			event.preventDefault();
			latest.current.onEscape();
		}
		document.addEventListener("keydown", handleKey);
		return () => document.removeEventListener("keydown", handleKey);
	}, []);
}
