/**
 * The `Sync` of a real page: real network, disk, tabs and clock.
 */
import type { Api } from "@/api/client";
import { systemClock } from "./clock";
import { createSync } from "./create-sync";
import { openIndexedDb } from "./persistence";
import { createSocket } from "./socket";
import { joinTabs } from "./tabs";
import type { Sync } from "./types";

/** A cookie without a secret that the server sets beside those no script can read. */
const LOGIN_MARK = "tidings_signed_in=";

export function createBrowserSync(api: Api): Sync {
	const sync = createSync({
		api,
		socket: createSocket(),
		clock: systemClock,
		openStorage: openIndexedDb,
		joinTabs,
		disk: localStorage,
		hasNetwork: () => navigator.onLine,
		mayHaveLogin: () => document.cookie.includes(LOGIN_MARK),
	});
	function wake(): void {
		// What other tabs did may never be told to one that the browser put away.
		sync.diskChanged(null);
		// After sleep the connection may be dead without knowing it.
		sync.actions.reconnectNow();
	}
	const page = new AbortController();
	const { signal } = page;
	addEventListener("online", () => sync.networkChanged(true), { signal });
	addEventListener("offline", () => sync.networkChanged(false), { signal });
	addEventListener("storage", (event) => sync.diskChanged(event.key), { signal });
	addEventListener("pagehide", () => sync.flush(), { signal });
	addEventListener("pageshow", (event) => event.persisted && wake(), { signal });
	document.addEventListener(
		"visibilitychange",
		() => {
			if (document.visibilityState === "hidden") sync.flush();
			else wake();
		},
		{ signal },
	);
	return {
		...sync,
		stop() {
			page.abort();
			sync.stop();
		},
	};
}
