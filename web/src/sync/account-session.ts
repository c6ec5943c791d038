/**
 * Everything that lives as long as one account is signed in here.
 *
 * Made at sign-in, stopped at sign-out. It shows what the device kept, before
 * anything is asked of the server.
 */
import type { Account } from "@/api/wire.gen";
import { type Cache, createCache, restoreChats } from "./cache";
import type { Core } from "./core";
import { createDrafts, type Drafts } from "./drafts";
import type { Login } from "./login";
import { openInTime, type Saved, type Storage } from "./persistence";
import { nextSession } from "./session-machine";
import { type Device, joinParts, type Parts, type SessionHooks } from "./session-parts";

export type AccountSession = Omit<Parts, "tabs"> & {
	readonly account: string;
	readonly drafts: Drafts;
	/** Another tab changed what this device keeps. */
	readonly hearDisk: (key: string | null) => void;
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
	const parts = joinParts(core, device, hooks, storage, login);
	const cache = createCache({ ...core, storage });

	const session = toSession(me.id, { ...parts, drafts, cache, storage });
	if (!adopt(session)) {
		session.stop();
		return;
	}
	restore(core, saved, me);
	drafts.restore();
	parts.wishes.restore();
	parts.connection.open();
}

type Held = Parts & { readonly drafts: Drafts; readonly cache: Cache; readonly storage: Storage };

function toSession(account: string, held: Held): AccountSession {
	const { drafts, cache, storage, tabs, connection, outbox, pages, receipts, ephemeral, wishes } =
		held;

	function stop(): void {
		connection.close();
		drafts.stop();
		outbox.stop();
		receipts.stop();
		ephemeral.stop();
		wishes.stop();
		cache.stop();
		tabs.leave();
	}

	return {
		account,
		connection,
		outbox,
		pages,
		receipts,
		ephemeral,
		wishes,
		drafts,
		hearDisk(key) {
			drafts.hear(key);
			wishes.hear(key);
			// Another tab may have hidden rows that are on the screen here.
			pages.repair();
		},
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
