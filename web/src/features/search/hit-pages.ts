/** The hits of a search, page by page as it was asked for, and kept true to what is heard of it since. */
import type { InfiniteData } from "@tanstack/react-query";
import type { FoundMessages, Message } from "@/api/wire.gen";
import { holdsWords } from "@/lib/words";

/** A page, and the words that it was asked for with. */
type Page = FoundMessages & { readonly words: string };
export type Pages = InfiniteData<Page>;

/**
 * With this version of a message where it is a hit: deleted it is gone, and
 * so it is when it no longer holds the words. The same pages where it was not.
 */
export function withHeard(pages: Pages, heard: Message): Pages {
	let hasChanged = false;
	const change = (page: Page): Page => {
		const at = page.messages.findIndex(
			({ chat, seq, rev }) => chat === heard.chat && seq === heard.seq && rev < heard.rev,
		);
		if (at < 0) return page;
		hasChanged = true;
		const isStill = heard.deleted_at === null && holdsWords(heard.body, page.words);
		return { ...page, messages: page.messages.toSpliced(at, 1, ...(isStill ? [heard] : [])) };
	};
	const next = pages.pages.map(change);
	return hasChanged ? { ...pages, pages: next } : pages;
}
