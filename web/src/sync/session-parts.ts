/**
 * The parts of a session, and what each of them is told of the others.
 *
 * This file only joins; each part's rules stand in its own file.
 */
import { fetchMe } from "@/api/chats";
import { createAccountLog } from "./account-log";
import { catchUpAll, isLogBehind } from "./catch-up";
import { type Connection, createConnection } from "./connection";
import { type Core, isConnected } from "./core";
import type { KeyValue } from "./drafts";
import { createEphemeral, type Ephemeral } from "./ephemeral";
import { createInbox, type InboxHooks } from "./inbox";
import { dispatch, type Listeners, noteRow } from "./incoming";
import type { Login } from "./login";
import { createOutbox, type Outbox } from "./outbox";
import { createPages, type Pages } from "./pages";
import type { OpenStorage, Storage } from "./persistence";
import { createReceipts, type Receipts } from "./receipts";
import type { ServerEvent } from "./socket";
import type { JoinTabs, Tabs, TabsListener } from "./tabs";
import { createWishes, type Wishes } from "./wishes";

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

export type Parts = {
	readonly connection: Connection;
	readonly outbox: Outbox;
	readonly pages: Pages;
	readonly receipts: Receipts;
	readonly ephemeral: Ephemeral;
	readonly wishes: Wishes;
	readonly tabs: Tabs;
};

export function joinParts(
	core: Core,
	device: Device,
	hooks: SessionHooks,
	storage: Storage,
	{ account, mark }: Login,
): Parts {
	const receipts = createReceipts(core);
	const ephemeral = createEphemeral(core);
	const pages = createPages(core);
	const { disk } = device;
	const wishes = createWishes(core, { disk, account: account.id, isLeft: hooks.isLeft });

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
		onMine: onCaughtUp,
		onGap: () => connection.requestSync(),
	});
	const tabs = device.joinTabs(
		mark,
		hearTabs(core, { receipts, wishes }, () => outbox),
	);
	const outbox = createOutbox(core, {
		storage,
		tabs,
		onSilence: () => connection.doubt(),
		isLeft: hooks.isLeft,
		onStored: (row) => inbox.receive({ chat: row.chat, rev: row.rev, row }),
	});

	void outbox.restore();
	const caughtUp = { log, receipts, onRow, onCaughtUp, onGone: leave };
	const parts = { inbox, log, pages, outbox, receipts, ephemeral, wishes };
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

	return { connection, outbox, pages, receipts, ephemeral, wishes, tabs };
}

/** The outbox is made with the tabs that it hears. */
function hearTabs(
	core: Core,
	{ receipts, wishes }: Pick<Parts, "receipts" | "wishes">,
	outbox: () => Outbox,
): TabsListener {
	const lead = (isLeader: boolean) => core.store.update((state) => ({ ...state, isLeader }));
	return {
		onMessage: (message) => outbox().hear(message),
		onLead() {
			lead(true);
			void outbox().lead();
			receipts.flush();
			wishes.hurry();
		},
		onFollow() {
			lead(false);
			outbox().follow();
		},
	};
}

type Joined = Listeners & Pick<Parts, "pages" | "outbox" | "receipts" | "wishes">;

/** What each part does as the connection comes, is caught up and goes. */
function hearConnection(core: Core, parts: Joined) {
	const { inbox, log, pages, outbox, receipts, ephemeral, wishes } = parts;
	return {
		onOpening() {
			inbox.pause();
			log.pause();
		},
		onLive() {
			core.store.gather(() => {
				log.resume();
				inbox.resume();
			});
			outbox.hurry();
			receipts.flush();
			wishes.hurry();
			ephemeral.rewatch();
			for (const chat of pages.openChats()) tellOpen(core, chat, true);
		},
		onLost() {
			// The next sync tells all that was held or kept aside.
			inbox.clear();
			log.clear();
			ephemeral.forgetTyping();
		},
		onEvent: (event: ServerEvent) => core.store.gather(() => dispatch(core, event, parts)),
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

/** With the account's log gone, its own changes must be read. */
async function refreshMe(core: Core): Promise<void> {
	const me = await fetchMe(core.api).catch(() => null);
	core.store.update((state) => (me?.id === state.me?.id ? { ...state, me } : state));
}

/** Tells the server which chats are on screen. Only a hint, so a lost one is no harm. */
export function tellOpen(core: Core, chat: string, isOpen: boolean): void {
	if (!isConnected(core.store.getState())) return;
	core.socket.call(isOpen ? "chat.open" : "chat.close", { chat }).catch(() => undefined);
}
