import { type KeyboardEvent, type RefObject, useCallback, useState } from "react";

/**
 * A list with one tab stop: arrows, Home and End move the focus among the
 * elements that carry `data-rove`, and the tab stop follows it.
 */
export function useRoving(ref: RefObject<HTMLElement | null>, fallback: string | null) {
	const [active, setActive] = useState<string | null>(null);

	const handleKeyDown = useCallback(
		(event: KeyboardEvent) => {
			if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
			const stops = [...(ref.current?.querySelectorAll<HTMLElement>("[data-rove]") ?? [])];
			const at = stops.indexOf(document.activeElement as HTMLElement);
			if (at < 0) return;
			const next = nextIndex(event.key, at, stops.length);
			const target = next === null ? undefined : stops[next];
			if (!target) return;
			event.preventDefault();
			setActive(target.dataset.rove ?? null);
			target.focus();
		},
		[ref],
	);

	return { active: active ?? fallback, setActive, handleKeyDown };
}

function nextIndex(key: string, at: number, count: number): number | null {
	if (key === "ArrowDown") return Math.min(at + 1, count - 1);
	if (key === "ArrowUp") return Math.max(at - 1, 0);
	if (key === "Home") return 0;
	if (key === "End") return count - 1;
	return null;
}
