import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { TimelineView } from "@/sync/types";
import { domScroller, rowOf } from "./dom-scroller";
import {
	goToEnd,
	hearScroll,
	isMove,
	keepPlace,
	keepPlaceAmong,
	type Place,
	placeAt,
	returnTo,
} from "./reader-place";
import type { Anchor } from "./scroll-anchor";
import { isAway } from "./use-visit";

/** Distance from an edge at which the next page is asked for. */
const NEAR_PX = 800;
/** Where a jump's target and the unread line come to rest, from the top. */
const REST = 0.25;
/** How much of a page goes from sight as it is turned. */
const TURNED = 0.875;

type Loads = {
	loadOlder: () => void;
	loadNewer: () => void;
	/** The reader left the end (`true`) or came back to it. */
	onHold: (isHeld: boolean) => void;
	onSettled: () => void;
	/** The reader moved, to the end or elsewhere. */
	onMoved: (isEnd: boolean) => void;
	/** The rows go from sight, with the reader here. */
	onLeave: (anchor: Anchor) => void;
};

function loadNear(element: HTMLElement, view: TimelineView, loads: Loads): void {
	if (element.scrollTop < NEAR_PX && view.hasOlder && !view.isLoadingOlder) loads.loadOlder();
	const below = element.scrollHeight - element.scrollTop - element.clientHeight;
	if (below < NEAR_PX && view.hasNewer && !view.isLoadingNewer) loads.loadNewer();
}

/** The place as it is known, and the one way to change it. */
function usePlace(view: TimelineView, loads: Loads) {
	const place = useRef<Place | null>(null);
	const latest = useRef({ view, loads });
	latest.current = { view, loads };
	const [isEnd, setEnd] = useState(true);

	/** Takes note of the place: what is known of it elsewhere, and what must be loaded for it. */
	const settle = useCallback((element: HTMLElement, next: Place) => {
		const { view, loads } = latest.current;
		const wasEnd = place.current === null || place.current.anchor.mode === "end";
		const isNowEnd = next.anchor.mode === "end";
		if (wasEnd !== isNowEnd) loads.onHold(!isNowEnd);
		place.current = next;
		setEnd(isNowEnd);
		// What failed is asked for again by whoever sees it, or once there is a connection
		// again; not by the row that tells of it, which would go on without an end.
		if (view.loadError === null) loadNear(element, view, loads);
		loads.onSettled();
	}, []);

	useEffect(
		() => () => {
			if (place.current !== null) latest.current.loads.onLeave(place.current.anchor);
		},
		[],
	);
	return { place, latest, isEnd, settle };
}

/**
 * Owns the scroll position of the timeline: where it starts, how it keeps the
 * reader's place, when it asks for more. Nothing else writes `scrollTop`.
 */
export function useScroll(
	ref: RefObject<HTMLElement | null>,
	view: TimelineView,
	left: Anchor | null,
	loads: Loads,
) {
	const target = useRef<string | null>(null);
	const { place, latest, isEnd, settle } = usePlace(view, loads);

	// After each change of rows, before the eye sees it.
	useLayoutEffect(() => {
		const element = ref.current;
		if (!element || !view.isLoaded) return;
		const wanted = target.current;
		const row = wanted === null ? null : rowOf(element, wanted);
		if (row !== null) {
			bringToRest(element, row);
			target.current = null;
		}
		const isFirst = place.current === null && row === null;
		const before = wanted === null ? place.current : null;
		settle(element, isFirst ? startAt(element, left, view) : placeAmong(element, before, view));
	}, [ref, view, left, place, settle]);

	const handleScroll = useHeard(ref, place, latest, settle);

	const toEnd = useCallback(() => {
		const element = ref.current;
		if (!element) return;
		settle(element, goToEnd(domScroller(element)));
	}, [ref, settle]);

	/** Brings a row to its resting place: now if it is mounted, else when it comes. */
	const toRow = useCallback(
		(key: string) => {
			const element = ref.current;
			const row = element ? rowOf(element, key) : null;
			target.current = row ? null : key;
			if (!element || !row) return false;
			bringToRest(element, row);
			settle(element, placeAt(domScroller(element), latest.current.view.isFollowing));
			return true;
		},
		[ref, latest, settle],
	);

	return { isEnd, handleScroll, toEnd, toRow, turn: useTurn(ref, handleScroll) };
}

/** Turns a page, as the browser does it where the rows have the focus: some of the old one stays. */
function useTurn(ref: RefObject<HTMLElement | null>, hear: () => void) {
	return useCallback(
		(way: 1 | -1) => {
			const element = ref.current;
			if (!element) return;
			element.scrollTop += way * element.clientHeight * TURNED;
			hear();
		},
		[ref, hear],
	);
}

/** On a jump there is no place before: a page swapped under it must not be "corrected" by the old anchor. */
function placeAmong(element: HTMLElement, before: Place | null, view: TimelineView): Place {
	const scroller = domScroller(element);
	if (before === null) return placeAt(scroller, view.isFollowing);
	return putBack(element, keepPlaceAmong(before, scroller, view.isFollowing), view);
}

type Settle = ReturnType<typeof usePlace>["settle"];
type Latest = ReturnType<typeof usePlace>["latest"];

/** Hears sizes and scrolling; the answer to both is where the reader is now. */
function useHeard(
	ref: RefObject<HTMLElement | null>,
	place: RefObject<Place | null>,
	latest: Latest,
	settle: Settle,
) {
	useResize(ref, () => {
		const element = ref.current;
		if (!element || place.current === null) return;
		const { view } = latest.current;
		const kept = keepPlace(place.current, domScroller(element), view.isFollowing);
		settle(element, putBack(element, kept, view));
	});

	return useCallback(() => {
		const element = ref.current;
		if (!element || place.current === null) return;
		const { view, loads } = latest.current;
		const next = hearScroll(place.current, domScroller(element), view.isFollowing);
		if (isMove(place.current, next)) loads.onMoved(next.anchor.mode === "end");
		settle(element, next);
	}, [ref, place, latest, settle]);
}

/**
 * Nobody reads in a page that is not in front: there the end is followed only
 * until the unread line has come to its resting place.
 */
function putBack(element: HTMLElement, kept: Place, { isFollowing }: TimelineView): Place {
	const line = kept.anchor.mode === "end" && isAway() ? lineOf(element) : null;
	if (line === null || offsetIn(element, line) >= element.clientHeight * REST) return kept;
	bringToRest(element, line);
	return placeAt(domScroller(element), isFollowing);
}

function lineOf(element: HTMLElement): HTMLElement | null {
	return element.querySelector<HTMLElement>("[data-unread-line]");
}

function offsetIn(element: HTMLElement, row: HTMLElement): number {
	return row.getBoundingClientRect().top - element.getBoundingClientRect().top;
}

/** Opens where one left, else at the unread line with context above it, else at the newest row. */
function startAt(element: HTMLElement, left: Anchor | null, view: TimelineView): Place {
	const canFollow = view.isFollowing;
	const scroller = domScroller(element);
	const place = left === null ? null : returnTo(left, scroller, canFollow);
	if (place !== null) return place;
	const line = lineOf(element);
	if (line) bringToRest(element, line);
	else element.scrollTop = element.scrollHeight;
	return placeAt(scroller, canFollow);
}

function bringToRest(element: HTMLElement, row: HTMLElement) {
	element.scrollTop += offsetIn(element, row) - element.clientHeight * REST;
}

/**
 * Hears the frame and its content change size: fonts, the composer, the window.
 *
 * A size that is gone before it was drawn is observed by nobody, and yet it may
 * have cut off the position. The browser tells of the window's sizes before it
 * tells of the scroll, which would look like the reader's move in a frame that
 * is as it was.
 */
function useResize(ref: RefObject<HTMLElement | null>, onResize: () => void) {
	const handle = useRef(onResize);
	handle.current = onResize;
	useEffect(() => {
		const element = ref.current;
		if (!element) return;
		const hear = () => handle.current();
		const observer = new ResizeObserver(hear);
		observer.observe(element);
		if (element.firstElementChild) observer.observe(element.firstElementChild);
		addEventListener("resize", hear);
		return () => {
			observer.disconnect();
			removeEventListener("resize", hear);
		};
	}, [ref]);
}
