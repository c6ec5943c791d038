import type { QueryClient } from "@tanstack/react-query";
import { type Api, createApi } from "@/api/client";
import { createBrowserSync } from "@/sync/browser-sync";
import type { Sync } from "@/sync/types";
import { createQueries, followEvents } from "./queries";

export type Parts = { api: Api; sync: Sync; queries: QueryClient };

/** Wires the parts that live as long as the page. */
export function openParts(): Parts {
	const queries = createQueries();
	const api = createApi();
	const sync = createBrowserSync(api);
	followEvents(queries, sync);
	return { api, sync, queries };
}
