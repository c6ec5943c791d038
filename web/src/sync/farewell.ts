/**
 * Signing out, as the server is to hear of it.
 *
 * What must hold: whoever signs out is out on this device, with or without a
 * network. A server that could not be told is told as soon as it can be; until
 * then the browser still holds a login that no page here may use. So the wish
 * is on disk before anything is asked, and outlives the page.
 */
import { type Api, isApiError } from "@/api/client";
import type { Clock } from "./clock";
import type { KeyValue } from "./drafts";
import { reconnectDelay } from "./session-machine";

const KEY = "tidings.signing-out";
const PATHS = { here: "/v1/logout", everywhere: "/v1/logout/all" } as const;
/** Longer than this nobody is kept waiting to be signed out. */
const PATIENCE_MS = 2_000;

export type Reach = keyof typeof PATHS;

export type Farewell = {
	/** Ends when the server knows, or when waiting for it is of no use. */
	readonly say: (reach: Reach) => Promise<void>;
	/** True while the server has not heard of a sign-out. */
	readonly isDue: () => boolean;
	/** Tells it what is due, now and again until it is told. */
	readonly resume: () => void;
	/** Somebody signed in since: the browser holds another login by now. */
	readonly drop: () => void;
	readonly stop: () => void;
};

export type FarewellDeps = {
	readonly api: Api;
	readonly clock: Clock;
	readonly disk: KeyValue;
	readonly onTold: () => void;
};

export function createFarewell({ api, clock, disk, onTold }: FarewellDeps): Farewell {
	let cancelRetry: (() => void) | null = null;
	let asking: AbortController | null = null;

	const due = (): Reach | null => {
		const reach = disk.getItem(KEY);
		return reach === "here" || reach === "everywhere" ? reach : null;
	};

	function halt(): void {
		cancelRetry?.();
		cancelRetry = null;
		asking?.abort();
		asking = null;
	}

	async function tell(failures: number): Promise<void> {
		halt();
		const reach = due();
		if (reach === null) {
			// Another tab has told it.
			onTold();
			return;
		}
		const mine = new AbortController();
		asking = mine;
		try {
			await api.call("POST", PATHS[reach], { signal: mine.signal });
		} catch (error) {
			if (mine.signal.aborted) return;
			// Refused for want of a login: it is over already.
			if (!isApiError(error) || error.status !== 401) {
				const wait = reconnectDelay(failures, clock.random);
				cancelRetry = clock.after(wait, () => void tell(failures + 1));
				return;
			}
		}
		if (asking !== mine) return;
		asking = null;
		disk.removeItem(KEY);
		onTold();
	}

	return {
		async say(reach) {
			disk.setItem(KEY, reach);
			let cancel = () => {};
			const enough = new Promise<void>((resolve) => {
				cancel = clock.after(PATIENCE_MS, resolve);
			});
			await Promise.race([tell(0), enough]);
			cancel();
		},
		isDue: () => due() !== null,
		resume() {
			if (asking === null) void tell(0);
		},
		drop() {
			halt();
			disk.removeItem(KEY);
		},
		stop: halt,
	};
}
