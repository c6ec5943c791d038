import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import type { Api } from "@/api/client";
import { ApiProvider } from "@/api/use-api";
import { useText } from "@/i18n/use-text";
import type { Sync } from "@/sync/types";
import { SyncProvider } from "@/sync/use-sync";
import { Announcer } from "@/ui/announcer";
import { Toaster } from "@/ui/toast";
import { Tooltips } from "@/ui/tooltip";
import { createAppRouter } from "./router";

type Props = { api: Api; sync: Sync; queries: QueryClient };

export function App({ api, sync, queries }: Props) {
	const [router] = useState(() => createAppRouter(sync));
	return (
		<ApiProvider api={api}>
			<SyncProvider sync={sync}>
				<QueryClientProvider client={queries}>
					<RouterProvider router={router} />
					<Floating />
				</QueryClientProvider>
			</SyncProvider>
		</ApiProvider>
	);
}

/** What belongs to no page: notices, the spoken line, the tooltip. */
function Floating() {
	const t = useText();
	return (
		<>
			<Toaster label={t("app.notices")} closeLabel={t("app.dismiss")} />
			<Announcer />
			<Tooltips />
		</>
	);
}
