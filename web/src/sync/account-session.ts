/**
 * Everything that lives as long as one account is signed in here.
 *
 * Made at sign-in, stopped at sign-out. This file only joins the parts; each
 * part's rules stand in its own file.
 */
import { fetchMe } from "@/api/chats";
import type { Account } from "@/api/wire.gen";
import { createAccountLog } from "./account-log";
import { createCache, restoreChats } from "./cache";
import { catchUpAll, isLogBehind } from "./catch-up";
import { type Connection, createConnection } from "./connection";
import { type Core, isConnected } from "./core";
import { createDrafts, type Drafts, type KeyValue } from "./drafts";
import { createEphemeral, type Ephemeral } from "./ephemeral";
import { createInbox, type InboxHooks } from "./inbox";
import { dispatch, type Listeners, noteRow } from "./incoming";
import type { Login } from "./login";
import { createOutbox, type Outbox } from "./outbox";
import { createPages, type Pages } from "./pages";
import { type OpenStorage, openInTime, type Saved, type Storage } from "./persistence";
import { createReceipts, type Receipts } from "./receipts";
import { nextSession } from "./session-machine";
import type { ServerEvent } from "./socket";
import type { JoinTabs, Tabs } from "./tabs";

export type Device = {
	readonly openStorage: OpenStorage;
	readonly joinTabs: JoinTabs;
	readonly disk: KeyValue;
	readonly hasNetwork: () => boolean;
};

export type SessionHooks = {
	readonly onEnded: (reason: "revoked" | "expired") => void;
	/** The browser is signed in as somebody else by now. */
	readonly onOther: () => void;
	/** True when the login was ended by another tab, or the browser is in another by now; it is left then. */
	readonly isLeft: () => boolean;
};

export type AccountSession = {
	readonly account: string;
	readonly connection: Connection;
	readonly outbox: Outbox;
	readonly pages: Pages;
	readonly receipts: Receipts;
	readonly ephemeral: Ephemeral;
	readonly drafts: Drafts;
	/** Writes down what waits: the page may go away. */
	readonly flush: () => void;
	readonly stop: () => void;
	/** Signed out by somebody else or by time: what was read is deleted, what was written here waits. */
	readonly forget: () => Promise<void>;
};

export async function startSession(
	core: Core,
	device: Device,
	hooks: SessionHooks,
	login: Login,
	adopt: (session: AccountSession) => boolean,
): Promise<void> {
	const me = login.account;
	const storage = await openInTime(device.openStorage, core.clock, me.id);
	const saved = await storage.load().catch(() => null);

	// From here on in one turn: whoever sees the restored state acts on it at
	// once, and must find the session that carries the act out.
	const drafts = createDrafts({ ...core, disk: device.disk, account: me.id });
	const parts = join(core, device, hooks, storage, login);
	const { tabs, outbox, connection } = parts;
	const cache = createCache({ ...core, storage });

	function stop(): void {
		connection.close();
		drafts.stop();
		outbox.stop();
		parts.receipts.stop();
		parts.ephemeral.stop();
		cache.stop();
		tabs.leave();
	}

	const session: AccountSession = {
		...parts,
		account: me.id,
		drafts,
		flush() {
			drafts.flush();
			void cache.flush();
		},
		stop() {
			stop();
			storage.close();
		},
		async forget() {
			drafts.flush();
			stop();
			await storage.clearCache();
			storage.close();
		},
	};
	if (!adopt(session)) {
		session.stop();
		return;
	}
	restore(core, saved, me);
	drafts.restore();
	connection.open();
}

function restore(core: Core, saved: Saved | null, me: Account): void {
	core.store.update((state) => ({ ...state, me: saved?.mark.me ?? me }));
	if (saved === null) return;
	const now = core.clock.now();
	core.store.update((state) => ({
		...restoreChats(state, saved.chats),
		epoch: saved.mark.epoch,
		arev: saved.mark.arev,
		session: nextSession(state.session, { kind: "restored" }, now),
	}));
}

/** With the account's log gone, its own changes must be read. */
async function refreshMe(core: Core): Promise<void> {
	const me = await fetchMe(core.api).catch(() => null);
	core.store.update((state) => (me?.id === state.me?.id ? { ...state, me } : state));
}

type Own = "account" | "drafts" | "flush" | "stop" | "forget";
type Parts = Omit<AccountSession, Own> & { readonly tabs: Tabs };

function join(
	core: Core,
	device: Device,
	hooks: SessionHooks,
	storage: Storage,
	{ account, mark }: Login,
): Parts {
	const receipts = createReceipts(core);
	const ephemeral = createEphemeral(core);
	const pages = createPages(core);

	const onRow: InboxHooks["onRow"] = (row, isLive) => {
		outbox.confirm(row);
		noteRow(core, { receipts, ephemeral }, row, isLive);
	};
	const onCaughtUp = (chat: string) => pages.repair(chat);
	const inbox = createInbox(core, { onRow, onCaughtUp });
	const leave = (chat: string) => {
		pages.forget(chat);
		inbox.drop(chat);
	};
	const log = createAccountLog(core, {
		onChat: (chat) => void inbox.catchUp(chat),
		onRemoved: leave,
		onGap: () => connection.requestSync(),
	});
	const lead = (isLeader: boolean) => core.store.update((state) => ({ ...state, isLeader }));
	const tabs = device.joinTabs(mark, {
		onMessage: (message) => outbox.hear(message),
		onLead() {
			lead(true);
			void outbox.lead();
			receipts.flush();
		},
		onFollow() {
			lead(false);
			outbox.follow();
		},
	});
	const outbox = createOutbox(core, {
		storage,
		tabs,
		onSilence: () => connection.doubt(),
		isLeft: hooks.isLeft,
		onStored: (row) => inbox.receive({ chat: row.chat, rev: row.rev, row }),
	});

	void outbox.restore();
	const caughtUp = { log, receipts, onRow, onCaughtUp, onGone: leave };
	const parts = { inbox, log, pages, outbox, receipts, ephemeral };
	const connection = createConnection(core, {
		...hearConnection(core, parts),
		hasNetwork: device.hasNetwork,
		onEnded: hooks.onEnded,
		onReady(ready) {
			if (!hooks.isLeft() && ready.account !== account.id) hooks.onOther();
		},
		async sync() {
			await catchUpAll(core, { ...caughtUp, onForget: () => forgetHeld(core, parts, storage) });
			pages.repair();
		},
		async check() {
			if (await isLogBehind(core, inbox)) connection.requestSync();
		},
	});

	return { connection, outbox, pages, receipts, ephemeral, tabs };
}

type Joined = Listeners & Pick<AccountSession, "pages" | "outbox" | "receipts">;

/** What each part does as the connection comes, is caught up and goes. */
function hearConnection(core: Core, parts: Joined) {
	const { inbox, log, pages, outbox, receipts, ephemeral } = parts;
	return {
		onOpening() {
			inbox.pause();
			log.pause();
		},
		onLive() {
			log.resume();
			inbox.resume();
			outbox.hurry();
			receipts.flush();
			ephemeral.rewatch();
			for (const chat of pages.openChats()) tellOpen(core, chat, true);
		},
		onLost() {
			// The next sync tells all that was held or kept aside.
			inbox.clear();
			log.clear();
		},
		onEvent: (event: ServerEvent) => dispatch(core, event, parts),
	};
}

/** What was held is of another epoch. */
function forgetHeld(core: Core, { pages, inbox }: Joined, storage: Storage): void {
	pages.forget();
	inbox.clear();
	inbox.pause();
	void refreshMe(core);
	void storage.clearCache();
}

/** Tells the server which chats are on screen. Only a hint, so a lost one is no harm. */
export function tellOpen(core: Core, chat: string, isOpen: boolean): void {
	if (!isConnected(core.store.getState())) return;
	core.socket.call(isOpen ? "chat.open" : "chat.close", { chat }).catch(() => undefined);
}
