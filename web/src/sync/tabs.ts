/**
 * The tabs of one login on one device: one leads, all hear each other.
 *
 * Of one login, not of one account: whoever slept through a sign-out still has
 * what waited then, and the next login must not hear of it.
 *
 * The leader alone sends, saves and notifies. Its lock is the browser's, so a
 * tab that crashes or closes is followed at once, without a timer.
 */
import type { OutboxEntry, Over } from "./types";

/** Entries of the outbox as a tab has them, and some that are over. */
export type OutboxNews = {
	readonly entries: readonly OutboxEntry[];
	readonly over: readonly Over[];
};

/** `isAll`: this is all the tab knows of, and who knows more is to say so. */
export type TabMessage = OutboxNews & { readonly isAll: boolean };

export type Tabs = {
	readonly post: (message: TabMessage) => void;
	/** Becomes the leader though another tab is: one that the browser has frozen never yields. */
	readonly takeLead: () => void;
	/** Gives up leading and listening. */
	readonly leave: () => void;
};

export type TabsListener = {
	readonly onMessage: (message: TabMessage) => void;
	/** May be told again while leading. */
	readonly onLead: () => void;
	readonly onFollow: () => void;
};

export type JoinTabs = (login: string, listener: TabsListener) => Tabs;

export const joinTabs: JoinTabs = (login, listener) => {
	const name = `tidings-${login}`;
	const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
	if (channel !== null) {
		channel.onmessage = (event: MessageEvent<TabMessage>) => listener.onMessage(event.data);
	}
	const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
	const waiting = new AbortController();
	let hasLeft = false;
	let release: () => void = () => undefined;
	const isOver = new Promise<void>((resolve) => {
		release = resolve;
	});

	function ask(options: LockOptions): void {
		const held = locks?.request(name, options, () => {
			if (hasLeft) return undefined;
			listener.onLead();
			return isOver;
		});
		// Rejected: the lead was taken from us, or we left before it was ours.
		held?.catch(() => {
			if (hasLeft) return;
			listener.onFollow();
			ask({ signal: waiting.signal });
		});
	}

	if (locks === undefined) queueMicrotask(() => listener.onLead());
	else ask({ signal: waiting.signal });

	return {
		post: (message) => channel?.postMessage(message),
		takeLead: () => ask({ steal: true }),
		leave() {
			hasLeft = true;
			waiting.abort();
			release();
			channel?.close();
		},
	};
};
