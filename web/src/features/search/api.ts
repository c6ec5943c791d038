import type { Api } from "@/api/client";
import type { FoundMessages } from "@/api/wire.gen";

/** What is looked for, and where; null is anywhere, by anybody. */
export type Wanted = {
	readonly words: string;
	readonly chat: string | null;
	readonly sender: string | null;
};

const PAGE = 20;

export function searchMessages(
	api: Api,
	{ words, chat, sender }: Wanted,
	before: string | null,
	signal: AbortSignal,
): Promise<FoundMessages> {
	const query = { q: words, chat, sender, before, limit: PAGE };
	return api.call("GET", "/v1/messages", { query, signal });
}
