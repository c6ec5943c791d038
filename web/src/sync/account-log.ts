/**
 * What belongs to the account and to no chat: requests, chats one was added
 * to, the account itself. Ordered by `arev` as chats are by `rev`; a gap is
 * closed by a sync, which carries the events that were missed.
 */
import type { Account, Mine, SyncEvent } from "@/api/wire.gen";
import type { Core } from "./core";
import { applyMine } from "./reducers/mine";

export type AccountLog = {
	readonly receive: (event: SyncEvent) => void;
	/** Applies what a sync answered, and goes on from its `arev`. */
	readonly catchUp: (events: readonly SyncEvent[], arev: number) => void;
	readonly pause: () => void;
	readonly resume: () => void;
	readonly clear: () => void;
};

export type AccountLogHooks = {
	readonly onChat: (chat: string) => void;
	readonly onRemoved: (chat: string) => void;
	/** What of it is one's own changed: rows on the screen may have been hidden. */
	readonly onMine: (chat: string) => void;
	readonly onGap: () => void;
};

/** Names of the events that carry an `arev`. */
export const ACCOUNT_EVENTS: ReadonlySet<string> = new Set<SyncEvent["kind"]>([
	"chat.new",
	"chat.removed",
	"friend.request",
	"friend.accepted",
	"friend.removed",
	"mine.updated",
	"account.updated",
]);

type Body = { chat?: string | null; account?: Account; mine?: Mine };

export function createAccountLog(core: Core, hooks: AccountLogHooks): AccountLog {
	let aside: SyncEvent[] | null = null;

	function place(event: SyncEvent): void {
		const have = core.store.getState().arev;
		if (event.arev <= have) return;
		if (event.arev > have + 1) {
			hooks.onGap();
			return;
		}
		core.store.update((state) => ({ ...state, arev: event.arev }));
		apply(event);
	}

	function apply(event: SyncEvent): void {
		const body = (event.body ?? {}) as Body;
		if (event.kind === "account.updated" && body.account !== undefined) {
			const { account } = body;
			core.store.update((state) => ({ ...state, me: account }));
		}
		if (typeof body.chat === "string") {
			const { chat, mine } = body;
			if (mine !== undefined) {
				core.store.update((state) => applyMine(state, chat, mine));
				hooks.onMine(chat);
			}
			if (event.kind === "chat.removed") hooks.onRemoved(chat);
			else if (!core.store.getState().chats.has(chat)) hooks.onChat(chat);
		}
		core.notify({ kind: "account-event", event: event.kind, body: event.body });
	}

	return {
		receive(event) {
			if (aside !== null) aside.push(event);
			else place(event);
		},
		catchUp(events, arev) {
			for (const event of events) if (event.arev > core.store.getState().arev) apply(event);
			core.store.update((state) => ({ ...state, arev: Math.max(state.arev, arev) }));
		},
		pause() {
			aside ??= [];
		},
		resume() {
			const events = aside ?? [];
			aside = null;
			for (const event of events) place(event);
		},
		clear() {
			aside = null;
		},
	};
}
