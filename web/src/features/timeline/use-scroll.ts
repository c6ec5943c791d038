import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { TimelineView } from "@/sync/types";
import { domScroller, rowOf } from "./dom-scroller";
import { type Anchor, isAtEnd, restoreAnchor, takeAnchor } from "./scroll-anchor";
import { isAway } from "./use-visit";

/** Distance from an edge at which the next page is asked for. */
const NEAR_PX = 800;
/** Where a jump's target and the unread line come to rest, from the top. */
const REST = 0.25;

type Loads = { loadOlder: () => void; loadNewer: () => void; onSettled: () => void };

/**
 * Owns the scroll position of the timeline: where it starts, how it keeps the
 * reader's place, when it asks for more. Nothing else writes `scrollTop`.
 */
export function useScroll(ref: RefObject<HTMLElement | null>, view: TimelineView, loads: Loads) {
	const anchor = useRef<Anchor>({ mode: "end" });
	const hasStarted = useRef(false);
	const target = useRef<string | null>(null);
	const latest = useRef({ view, loads });
	latest.current = { view, loads };
	const [isEnd, setEnd] = useState(true);

	const settle = useCallback(() => {
		const element = ref.current;
		if (!element || !hasStarted.current) return;
		const scroller = domScroller(element);
		const { view, loads } = latest.current;
		anchor.current = takeAnchor(scroller, view.isFollowing);
		setEnd(view.isFollowing && isAtEnd(scroller));
		if (element.scrollTop < NEAR_PX && view.hasOlder && !view.isLoadingOlder) loads.loadOlder();
		const below = element.scrollHeight - element.scrollTop - element.clientHeight;
		if (below < NEAR_PX && view.hasNewer && !view.isLoadingNewer) loads.loadNewer();
		loads.onSettled();
	}, [ref]);

	// After each change of rows, before the eye sees it. A jump lands first; a
	// page swapped under a jump must not be "corrected" by the old anchor.
	useLayoutEffect(() => {
		const element = ref.current;
		if (!element || !view.isLoaded) return;
		if (target.current !== null) {
			const row = rowOf(element, target.current);
			if (row) {
				bringToRest(element, row);
				target.current = null;
			}
		} else if (hasStarted.current) {
			restore(element, anchor.current);
		} else {
			startAt(element);
		}
		hasStarted.current = true;
		settle();
	}, [ref, view, settle]);

	useResize(ref, () => {
		const element = ref.current;
		if (element && hasStarted.current) restore(element, anchor.current);
	});

	const toEnd = useCallback(() => {
		const element = ref.current;
		anchor.current = { mode: "end" };
		if (element) element.scrollTop = element.scrollHeight;
	}, [ref]);

	/** Brings a row to its resting place: now if it is mounted, else when it comes. */
	const toRow = useCallback(
		(key: string) => {
			const element = ref.current;
			const row = element ? rowOf(element, key) : null;
			if (element && row) bringToRest(element, row);
			else target.current = key;
			return row !== null;
		},
		[ref],
	);

	return { isEnd, settle, toEnd, toRow };
}

/**
 * Puts the reader back. Nobody reads in a page that is not in front: there the
 * end is followed only until the unread line has come to its resting place.
 */
function restore(element: HTMLElement, anchor: Anchor) {
	restoreAnchor(domScroller(element), anchor);
	const line = anchor.mode === "end" && isAway() ? lineOf(element) : null;
	if (line && offsetIn(element, line) < element.clientHeight * REST) bringToRest(element, line);
}

function lineOf(element: HTMLElement): HTMLElement | null {
	return element.querySelector<HTMLElement>("[data-unread-line]");
}

function offsetIn(element: HTMLElement, row: HTMLElement): number {
	return row.getBoundingClientRect().top - element.getBoundingClientRect().top;
}

/** Opens at the unread line with context above it, else at the newest row. */
function startAt(element: HTMLElement) {
	const line = lineOf(element);
	if (line) bringToRest(element, line);
	else element.scrollTop = element.scrollHeight;
}

function bringToRest(element: HTMLElement, row: HTMLElement) {
	element.scrollTop += offsetIn(element, row) - element.clientHeight * REST;
}

/** Hears the frame and its content change size: fonts, the composer, the window. */
function useResize(ref: RefObject<HTMLElement | null>, onResize: () => void) {
	const handle = useRef(onResize);
	handle.current = onResize;
	useEffect(() => {
		const element = ref.current;
		if (!element) return;
		const observer = new ResizeObserver(() => handle.current());
		observer.observe(element);
		if (element.firstElementChild) observer.observe(element.firstElementChild);
		return () => observer.disconnect();
	}, [ref]);
}
