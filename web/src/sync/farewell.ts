/**
 * Signing out, as this device and the server are to hear of it.
 *
 * What must hold: whoever signs out is out on this device, with or without a
 * network, whatever becomes of the tab they did it in. So the wish is on disk
 * before anything else happens and stays until somebody signs in: each tab
 * that sees it leaves. A server that could not be told is told as soon as it
 * can be, by any tab; until then the browser still holds a login that no page
 * here may use.
 */
import { type Api, isApiError } from "@/api/client";
import type { Clock } from "./clock";
import type { KeyValue } from "./drafts";
import { reconnectDelay } from "./session-machine";

const KEY = "tidings.signing-out";
const TOLD = "told";
const PATHS = { here: "/v1/logout", everywhere: "/v1/logout/all" } as const;
/** Longer than this nobody waits for an answer, or for the tab that is to get one. */
const PATIENCE_MS = 2_000;

export type Reach = keyof typeof PATHS;

export type Farewell = {
	/** Writes the wish down and tells the server; ends when it knows, or when waiting is of no use. */
	readonly say: (reach: Reach) => Promise<void>;
	/** Another tab was asked, and tells the server unless something befalls it. */
	readonly follow: () => void;
	/** Tells what is due, now and again until it is told. */
	readonly resume: () => void;
	/** True from the wish until somebody signs in. */
	readonly isAsked: () => boolean;
	/** True while the server has not heard of it. */
	readonly isDue: () => boolean;
	/** True when it is due and was not to be told at once. */
	readonly isOverdue: () => boolean;
	/** Somebody signs in: the browser holds another login by now, which the server must not be told to end. */
	readonly hush: () => void;
	/** What the login before kept is deleted as well. */
	readonly drop: () => void;
	readonly stop: () => void;
};

export type FarewellDeps = {
	readonly api: Api;
	readonly clock: Clock;
	readonly disk: KeyValue;
	readonly onChange: () => void;
};

export function createFarewell({ api, clock, disk, onChange }: FarewellDeps): Farewell {
	let cancelRetry: (() => void) | null = null;
	let cancelPatience: (() => void) | null = null;
	let asking: AbortController | null = null;
	let isLate = false;

	const due = (): Reach | null => {
		const wish = disk.getItem(KEY);
		return wish === "here" || wish === "everywhere" ? wish : null;
	};

	function halt(): void {
		cancelRetry?.();
		cancelRetry = null;
		asking?.abort();
		asking = null;
	}

	function beLate(): void {
		isLate = true;
		onChange();
	}

	/** Ends when patience does, with the server still to be told. */
	function wait(): Promise<void> {
		cancelPatience?.();
		return new Promise((resolve) => {
			cancelPatience = clock.after(PATIENCE_MS, () => {
				resolve();
				beLate();
			});
		});
	}

	function end(): void {
		cancelPatience?.();
		isLate = false;
		onChange();
	}

	async function tell(failures: number): Promise<void> {
		halt();
		const reach = due();
		if (reach === null) {
			// Another tab has told it.
			end();
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
				beLate();
				return;
			}
		}
		if (asking !== mine) return;
		asking = null;
		settle();
	}

	function settle(): void {
		if (due() !== null) disk.setItem(KEY, TOLD);
		end();
	}

	return {
		async say(reach) {
			disk.setItem(KEY, reach);
			await Promise.race([tell(0), wait()]);
		},
		follow() {
			void wait().then(() => {
				if (asking === null) void tell(0);
			});
		},
		resume() {
			void wait();
			if (asking === null) void tell(0);
		},
		isAsked: () => disk.getItem(KEY) !== null,
		isDue: () => due() !== null,
		isOverdue: () => isLate && due() !== null,
		hush() {
			halt();
			settle();
		},
		drop: () => disk.removeItem(KEY),
		stop() {
			halt();
			cancelPatience?.();
		},
	};
}
