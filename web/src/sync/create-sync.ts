/**
 * Makes the one `Sync` of a page: who is signed in, and what one may do.
 */
import { fetchMe } from "@/api/chats";
import { type Api, isApiError } from "@/api/client";
import type { Account } from "@/api/wire.gen";
import { type AccountSession, type Device, startSession, tellOpen } from "./account-session";
import type { Clock } from "./clock";
import type { Core } from "./core";
import { createDrafts } from "./drafts";
import { createFarewell, type Reach } from "./farewell";
import { enterLogin, forgetLogin, type Login, readLogin } from "./login";
import { openInTime } from "./persistence";
import { nextSession, reconnectDelay } from "./session-machine";
import type { Socket } from "./socket";
import { emptyState } from "./state";
import { createStore } from "./store";
import type { Actions, Notice, State, Sync } from "./types";

export type SyncDeps = Device & {
	readonly api: Api;
	readonly socket: Socket;
	readonly clock: Clock;
	/** False when a request for who is signed in is sure to be refused. */
	readonly mayHaveLogin: () => boolean;
};

export type SyncHost = Sync & {
	/** The page is being hidden or closed. */
	readonly flush: () => void;
	readonly networkChanged: (isOn: boolean) => void;
	/** Another tab changed what this device keeps. */
	readonly diskChanged: (key: string | null) => void;
};

export function createSync(deps: SyncDeps): SyncHost {
	const store = createStore<State>({
		...emptyState,
		session: { ...emptyState.session, since: deps.clock.now() },
	});
	const listeners = new Set<(notice: Notice) => void>();
	const core: Core = {
		...deps,
		store,
		notify(notice) {
			for (const listener of [...listeners]) listener(notice);
		},
	};
	const farewell = createFarewell({ ...deps, onChange: noteFarewell });
	let session: AccountSession | null = null;
	/** The login this tab is in. */
	let login: Login | null = null;
	/** Changes whenever somebody signs in or out: what began before must not end after. */
	let turn = 0;
	let cancelRetry: (() => void) | null = null;

	function noteFarewell(): void {
		const isFarewellDue = store.getState().me === null && farewell.isOverdue();
		store.update((state) =>
			state.isFarewellDue === isFarewellDue ? state : { ...state, isFarewellDue },
		);
	}

	/** True when the browser is in another login by now: it signed in after a sign-out that this tab missed. */
	function isOvertaken(): boolean {
		if (login === null || farewell.isAsked()) return false;
		const held = readLogin(deps.disk);
		return held !== null && held.mark !== "" && held.mark !== login.mark;
	}

	/** Looks at the disk for what other tabs did; true when it is not for this login any more, which is left then. */
	function isLeft(): boolean {
		const isOut = store.getState().session.status === "signed-out";
		if (farewell.isAsked() && !isOut) void leave(farewell.follow);
		else if (isOvertaken()) void rejoin();
		else return isOut;
		return true;
	}

	/** Shows that nobody is signed in here; what was stored is another question. */
	function close(reason: "asked" | "revoked" | "expired"): void {
		session = null;
		login = null;
		turn++;
		cancelRetry?.();
		const shown = reason === "asked" ? null : reason;
		const now = deps.clock.now();
		store.update((state) => ({
			...emptyState,
			session: nextSession(state.session, { kind: "ended", reason: shown }, now),
		}));
		noteFarewell();
		core.notify({ kind: "signed-out", reason });
	}

	/** The server ended the login. */
	function end(reason: "revoked" | "expired"): void {
		// It may say so before it answers who asked for that.
		if (isLeft()) return;
		const ended = session;
		forgetLogin(deps.disk);
		void ended?.forget().catch(() => undefined);
		close(reason);
	}

	/**
	 * Somebody asked to sign out, in this tab or another, which may be frozen or
	 * gone: whichever sees it deletes all that the device kept. Written down as
	 * done when it is, so that the next page goes on with it otherwise.
	 */
	async function leave(tell: () => void): Promise<void> {
		const over = readLogin(deps.disk) ?? login;
		session?.stop();
		close("asked");
		tell();
		if (over !== null) await wipe(over.account.id);
	}

	async function wipe(account: string): Promise<void> {
		createDrafts({ ...core, disk: deps.disk, account }).wipe();
		const storage = await openInTime(deps.openStorage, deps.clock, account);
		// Whoever signed in while it opened keeps what is there by now.
		if (farewell.isAsked()) await storage.wipe().catch(() => undefined);
		else storage.close();
		if (farewell.isAsked()) forgetLogin(deps.disk);
	}

	async function begin(account: Account): Promise<void> {
		cancelRetry?.();
		const mine = ++turn;
		farewell.hush();
		const over = farewell.isAsked() ? readLogin(deps.disk) : null;
		if (over !== null) await wipe(over.account.id);
		if (mine !== turn) return;
		farewell.drop();
		session?.stop();
		session = null;
		login = enterLogin(deps.disk, account, deps.clock.now());
		store.update((state) => ({
			...emptyState,
			session: nextSession(
				{ ...emptyState.session, since: state.session.since },
				{ kind: "connect" },
				deps.clock.now(),
			),
		}));
		const hooks = {
			onEnded: end,
			onOther: () => void rejoin(),
			isLeft,
		};
		await startSession(core, deps, hooks, login, (started) => {
			if (mine === turn) session = started;
			return mine === turn;
		});
	}

	/**
	 * Somebody signed in through another tab. What is stored by now is of their
	 * login, or waits for the one who was here; so nothing is deleted or written.
	 */
	async function rejoin(): Promise<void> {
		const next = isOvertaken() ? readLogin(deps.disk) : null;
		turn++;
		cancelRetry?.();
		session?.stop();
		session = null;
		login = null;
		const now = deps.clock.now();
		store.update(() => ({ ...emptyState, session: { ...emptyState.session, since: now } }));
		core.notify({ kind: "signed-out", reason: "asked" });
		if (next === null) await ask(0);
		else await begin(next.account);
	}

	/** Nobody is signed in here, so nothing is lost by saying so. */
	function endBeforeBegin(): void {
		const now = deps.clock.now();
		store.update((state) => ({
			...state,
			session: nextSession(state.session, { kind: "ended", reason: null }, now),
		}));
		noteFarewell();
	}

	/** Asks who is signed in; without a server, asks again later. */
	async function ask(failures: number): Promise<void> {
		const mine = ++turn;
		try {
			const me = await fetchMe(deps.api);
			if (mine === turn) await begin(me);
		} catch (error) {
			if (mine !== turn) return;
			if (isApiError(error) && error.status === 401) {
				endBeforeBegin();
				return;
			}
			const wait = reconnectDelay(failures, deps.clock.random);
			const nextTryAt = deps.clock.now() + wait;
			const lost = { kind: "lost" as const, nextTryAt, hasNetwork: deps.hasNetwork() };
			store.update((state) => ({
				...state,
				session: nextSession(state.session, lost, deps.clock.now()),
			}));
			cancelRetry = deps.clock.after(wait, () => void ask(failures + 1));
		}
	}

	async function signOut(reach: Reach): Promise<void> {
		const told = farewell.say(reach);
		void leave(() => undefined);
		await told;
	}

	const actions: Actions = {
		async start() {
			if (session !== null || store.getState().me !== null) return;
			const known = readLogin(deps.disk);
			// The tab that was asked to sign out may be gone or asleep.
			if (farewell.isDue() || (farewell.isAsked() && known !== null)) {
				await leave(farewell.resume);
				return;
			}
			if (known !== null) await begin(known.account);
			else if (deps.mayHaveLogin()) await ask(0);
			else endBeforeBegin();
		},
		signedIn: begin,
		signOut: () => signOut("here"),
		signOutEverywhere: () => signOut("everywhere"),
		reconnectNow: () => session?.connection.hurry(),
		accountChanged: (account) => store.update((state) => ({ ...state, me: account })),
		sendMessage(chat, { body, replyToSeq = null }) {
			if (session === null) return "";
			session.drafts.clear(chat);
			session.ephemeral.setTyping(chat, false);
			return session.outbox.send(chat, body, replyToSeq);
		},
		editMessage: (chat, target, body) => session?.outbox.edit(chat, target, body),
		deleteMessage: (chat, target) => session?.outbox.remove(chat, target),
		retry: (id) => session?.outbox.retry(id),
		retryAll() {
			for (const entry of store.getState().outbox) session?.outbox.retry(entry.id);
		},
		discard: (id) => session?.outbox.discard(id),
		async openChat(chat) {
			tellOpen(core, chat, true);
			await session?.pages.open(chat);
		},
		closeChat(chat) {
			session?.ephemeral.setTyping(chat, false);
			session?.pages.close(chat);
			tellOpen(core, chat, false);
		},
		holdRows: (chat, isHeld) => session?.pages.hold(chat, isHeld),
		loadOlder: async (chat) => session?.pages.loadOlder(chat),
		loadNewer: async (chat) => session?.pages.loadNewer(chat),
		jumpTo: async (chat, seq) => session?.pages.jumpTo(chat, seq),
		jumpToLatest: async (chat) => session?.pages.jumpToLatest(chat),
		markRead: (chat, seq) => session?.receipts.markRead(chat, seq),
		setTyping: (chat, on) => session?.ephemeral.setTyping(chat, on),
		saveDraft: (chat, draft) => session?.drafts.save(chat, draft),
		watchPresence: (accounts) => session?.ephemeral.watch(accounts) ?? (() => undefined),
	};

	return {
		getState: store.getState,
		subscribe: store.subscribe,
		actions,
		onNotice(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		stop() {
			turn++;
			cancelRetry?.();
			farewell.stop();
			session?.stop();
			session = null;
			login = null;
		},
		flush: () => session?.flush(),
		networkChanged(isOn) {
			session?.connection.setNetwork(isOn);
			if (isOn && session === null) farewell.resume();
		},
		diskChanged(key) {
			noteFarewell();
			if (!isLeft()) session?.drafts.hear(key);
		},
	};
}
