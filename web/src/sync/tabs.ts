/**
 * The tabs of one account on one device: one leads, all hear each other.
 *
 * The leader alone sends, saves and notifies. Its lock is the browser's, so a
 * tab that crashes or closes is followed at once, without a timer.
 */
import type { OutboxEntry } from "./types";

export type TabMessage =
	| { kind: "put"; entry: OutboxEntry }
	| { kind: "drop"; id: string }
	| { kind: "signed-out" };

export type Tabs = {
	readonly post: (message: TabMessage) => void;
	/** Gives up leading and listening. */
	readonly leave: () => void;
};

export type TabsListener = {
	readonly onMessage: (message: TabMessage) => void;
	readonly onLead: () => void;
};

export type JoinTabs = (account: string, listener: TabsListener) => Tabs;

export const joinTabs: JoinTabs = (account, listener) => {
	const name = `tidings-${account}`;
	const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
	if (channel !== null) {
		channel.onmessage = (event: MessageEvent<TabMessage>) => listener.onMessage(event.data);
	}
	let release: () => void = () => undefined;
	const isOver = new Promise<void>((resolve) => {
		release = resolve;
	});
	const waiting = new AbortController();
	if (typeof navigator === "undefined" || navigator.locks === undefined) {
		queueMicrotask(() => listener.onLead());
	} else {
		navigator.locks
			.request(name, { signal: waiting.signal }, () => {
				listener.onLead();
				return isOver;
			})
			// Leaving before the lock was ours rejects the request; nothing is lost by that.
			.catch(() => undefined);
	}
	return {
		post: (message) => channel?.postMessage(message),
		leave() {
			waiting.abort();
			release();
			channel?.close();
		},
	};
};
