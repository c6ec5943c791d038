/**
 * Leads a reader through a chat: opens it, jumps, loads on. What is mounted but
 * no longer trusted is fetched again by `page-repairs.ts`.
 *
 * What must hold: rows and edges change in one step, so the screen never shows
 * half a jump; and of two jumps the later wins.
 */
import type { PageAt } from "@/api/chats";
import type { MessagePage } from "@/api/wire.gen";
import type { Core } from "./core";
import { createPageFetcher, lowest, toFailure } from "./page-fetcher";
import { createRepairs, type Patch } from "./page-repairs";
import { withoutHidden } from "./reducers/hidden";
import { timelineOf, withHeld, withTimeline } from "./state";
import { PAGE, rangeAt, slim } from "./timeline";
import type { ChatEntry, Failure, State, Timeline, Window } from "./types";
import { AROUND, isEnough, latestWindow, showNewer, showOlder, windowAround } from "./windows";

export type Pages = {
	readonly open: (chat: string) => Promise<void>;
	readonly close: (chat: string) => void;
	readonly loadOlder: (chat: string) => Promise<void>;
	readonly loadNewer: (chat: string) => Promise<void>;
	readonly jumpTo: (chat: string, seq: number) => Promise<void>;
	readonly jumpToLatest: (chat: string) => Promise<void>;
	readonly hold: (chat: string, isHeld: boolean) => void;
	/** The chat left or all was forgotten: pages on their way are of something else. */
	readonly forget: (chat?: string) => void;
	/** Fetches what is mounted but no longer trusted; without a chat, in every open one. */
	readonly repair: (chat?: string) => void;
	readonly openChats: () => readonly string[];
};

export function createPages(core: Core): Pages {
	const open = new Set<string>();
	/** The newest jump of a chat: an older one finds another number here and gives up. */
	const jumps = new Map<string, number>();
	const { fetchInto, fetchStretch, forget } = createPageFetcher(core);

	const patch: Patch = (chat, change) => core.store.update((state) => patched(state, chat, change));
	const read = (chat: string): Timeline => timelineOf(core.store.getState(), chat);
	const entryOf = (chat: string): ChatEntry | undefined => core.store.getState().chats.get(chat);

	async function jump(
		chat: string,
		at: PageAt,
		limit: number,
		place: (timeline: Timeline, entry: ChatEntry) => Window | null,
	): Promise<void> {
		const turn = (jumps.get(chat) ?? 0) + 1;
		jumps.set(chat, turn);
		patch(chat, (timeline) => ({ ...timeline, isJumping: true, loadError: null }));
		let loadError: Failure | null = null;
		let floor: number | null = null;
		try {
			const page = await fetchInto(chat, at, limit);
			if (at === "latest" && !page.has_more) floor = lowest(page) ?? 1;
		} catch (error) {
			loadError = toFailure(error);
		}
		if (jumps.get(chat) !== turn) return;
		patch(chat, (timeline, entry) => ({
			...timeline,
			...SETTLED,
			loadError,
			floor: floor ?? timeline.floor,
			window: place(timeline, entry) ?? timeline.window,
		}));
	}

	function showHeld(chat: string, window: Window): void {
		jumps.set(chat, (jumps.get(chat) ?? 0) + 1);
		// What could not be had elsewhere is not asked for any more.
		patch(chat, (timeline) => ({ ...timeline, ...SETTLED, window }));
	}

	/** The page that the row next to the mounted ones stands on, unless that row is held. */
	async function fetchBeside(
		chat: string,
		seq: number,
		at: PageAt,
		flag: "isLoadingOlder" | "isLoadingNewer",
	): Promise<MessagePage | null> {
		if (rangeAt(read(chat).ranges, seq) !== null) return null;
		patch(chat, (timeline) => ({ ...timeline, [flag]: true, loadError: null }));
		try {
			return await fetchInto(chat, at, PAGE);
		} catch (error) {
			patch(chat, (timeline) => ({ ...timeline, loadError: toFailure(error) }));
			return null;
		} finally {
			patch(chat, (timeline) => ({ ...timeline, [flag]: false }));
		}
	}

	async function loadOlder(chat: string): Promise<void> {
		const { window, isLoadingOlder, floor } = read(chat);
		const lowestSeq = floor ?? Math.max(1, entryOf(chat)?.first_seq ?? 1);
		if (window === null || isLoadingOlder || window.from <= lowestSeq) return;
		const { from } = window;
		const page = await fetchBeside(chat, from - 1, { before: from }, "isLoadingOlder");
		if (page !== null && !page.has_more)
			patch(chat, (timeline) => ({ ...timeline, floor: lowest(page) ?? from }));
		patch(chat, showOlder);
	}

	async function loadNewer(chat: string): Promise<void> {
		const { window, isLoadingNewer } = read(chat);
		if (window === null || window.to === null || isLoadingNewer) return;
		await fetchBeside(chat, window.to + 1, { after: window.to }, "isLoadingNewer");
		patch(chat, showNewer);
	}

	async function jumpTo(chat: string, seq: number): Promise<void> {
		open.add(chat);
		const held = windowAround(read(chat), entryOf(chat)?.seq ?? 0, seq, AROUND / 4);
		if (held !== null) {
			showHeld(chat, held);
			return;
		}
		await jump(chat, { around: seq }, AROUND, (timeline, entry) =>
			windowAround(timeline, entry.seq, seq, 0),
		);
	}

	async function jumpToLatest(chat: string): Promise<void> {
		open.add(chat);
		const entry = entryOf(chat);
		if (entry === undefined) return;
		const held = latestWindow(read(chat), entry);
		if (held !== null) {
			showHeld(chat, held);
			if (isEnough(held, entry)) return;
		}
		await jump(chat, "latest", PAGE, latestWindow);
	}

	/**
	 * At the first unread message when there is one, else at the newest. These
	 * stand in for a first unread one that cannot be had, until somebody jumps.
	 */
	async function openAt(chat: string): Promise<void> {
		const entry = entryOf(chat);
		if (entry === undefined) return;
		if (entry.n > entry.read_n && entry.read_seq < entry.seq) {
			await jumpTo(chat, Math.max(entry.read_seq + 1, entry.first_seq));
			const { window, loadError } = read(chat);
			if (window !== null) return;
			await jumpToLatest(chat);
			patch(chat, (timeline) => ({ ...timeline, loadError, isStandIn: loadError !== null }));
			return;
		}
		await jumpToLatest(chat);
	}

	const repair = createRepairs(core, { open, read, patch, openAt, fetchStretch });

	return {
		async open(chat) {
			open.add(chat);
			// A permalink may have asked already; opening must not lead away from it.
			const { window, isJumping } = read(chat);
			if (window === null && !isJumping) await openAt(chat);
		},
		close(chat) {
			open.delete(chat);
			jumps.set(chat, (jumps.get(chat) ?? 0) + 1);
			core.store.update((state) => withHeld(state, chat, false));
			patch(chat, (timeline, entry) => slim({ ...timeline, ...SETTLED, window: null }, entry.seq));
		},
		hold: (chat, isHeld) =>
			core.store.update((state) => withHeld(state, chat, isHeld && open.has(chat))),
		loadOlder,
		loadNewer,
		jumpTo,
		jumpToLatest,
		forget,
		repair,
		openChats: () => [...open],
	};
}

/** Nobody waits for another place any more. */
const SETTLED = { isJumping: false, isStandIn: false, loadError: null } as const;

/** The timeline changed, and nothing of it that its owner has hidden. */
function patched(state: State, chat: string, change: Parameters<Patch>[1]): State {
	const entry = state.chats.get(chat);
	if (entry === undefined) return state;
	return withoutHidden(withTimeline(state, chat, change(timelineOf(state, chat), entry)), chat);
}
