/**
 * Pages of history, fetched into the timeline.
 *
 * What must hold: a page that was asked for before the rows lost trust is asked
 * for again.
 */
import { fetchPage, type PageAt } from "@/api/chats";
import { isApiError } from "@/api/client";
import type { MessagePage } from "@/api/wire.gen";
import type { Core } from "./core";
import { applyPage } from "./reducers/chats";
import { timelineOf } from "./state";
import type { Failure } from "./types";

/** The most rows one request may ask for. */
const LARGEST_PAGE = 100;

export type PageFetcher = {
	readonly fetchInto: (chat: string, at: PageAt, limit: number) => Promise<MessagePage>;
	/** Every row of the stretch, by as many pages as that takes. */
	readonly fetchStretch: (chat: string, from: number, to: number) => Promise<void>;
	/** The chat left or all was forgotten: pages on their way are of something else. */
	readonly forget: (chat?: string) => void;
};

export function createPageFetcher(core: Core): PageFetcher {
	const lives = new Map<string, number>();
	let forgotten = 0;

	/** Another answer than before means that rows fetched before are not to be trusted. */
	function lifeOf(chat: string): string {
		const { generation } = timelineOf(core.store.getState(), chat);
		return `${forgotten} ${lives.get(chat) ?? 0} ${generation}`;
	}

	async function fetchInto(chat: string, at: PageAt, limit: number): Promise<MessagePage> {
		for (;;) {
			const asked = lifeOf(chat);
			const page = await fetchPage(core.api, chat, at, limit);
			if (lifeOf(chat) !== asked) continue;
			core.store.update((state) =>
				state.chats.has(chat) ? applyPage(state, chat, page.messages) : state,
			);
			return page;
		}
	}

	return {
		fetchInto,
		async fetchStretch(chat, from, to) {
			for (let next = from; next <= to; next += LARGEST_PAGE) {
				await fetchInto(chat, { after: next - 1 }, Math.min(LARGEST_PAGE, to - next + 1));
			}
		},
		forget(chat) {
			if (chat === undefined) forgotten++;
			else lives.set(chat, (lives.get(chat) ?? 0) + 1);
		},
	};
}

export function lowest(page: MessagePage): number | null {
	return page.messages.length === 0 ? null : Math.min(...page.messages.map((row) => row.seq));
}

export function toFailure(error: unknown): Failure {
	if (isApiError(error)) return { code: error.code, detail: error.message };
	return { code: "offline", detail: "" };
}
