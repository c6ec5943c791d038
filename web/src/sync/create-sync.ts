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
	const farewell = createFarewell({ ...deps, onTold: noteFarewell });
	let session: AccountSession | null = null;
	/** The login this tab is in. */
	let login: Login | null = null;
	/** Changes whenever somebody signs in or out: what began before must not end after. */
	let turn = 0;
	/** It was in this tab that somebody asked to sign out. */
	let isSigningOut = false;
	let cancelRetry: (() => void) | null = null;

	function noteFarewell(): void {
		const isFarewellDue = store.getState().me === null && farewell.isDue();
		store.update((state) =>
			state.isFarewellDue === isFarewellDue ? state : { ...state, isFarewellDue },
		);
	}

	/** True when the browser is in another login by now: it signed in after a sign-out that this tab missed. */
	function isOvertaken(): boolean {
		if (login === null || farewell.isDue()) return false;
		const held = readLogin(deps.disk);
		return held !== null && held.mark !== "" && held.mark !== login.mark;
	}

	function end(told: "asked" | "left" | "revoked" | "expired"): void {
		if (isOvertaken()) {
			void rejoin();
			return;
		}
		// The server may say that the login is over before it answers who asked for that.
		const isAsked = told === "asked" || told === "left" || farewell.isDue();
		const reason = isAsked ? "asked" : told;
		const ended = session;
		session = null;
		login = null;
		turn++;
		cancelRetry?.();
		forgetLogin(deps.disk);
		const isOurs = told === "asked" || (isSigningOut && farewell.isDue());
		const ending = isOurs ? ended?.wipe() : isAsked ? ended?.leave() : ended?.forget();
		void ending?.catch(() => undefined);
		const shown = reason === "asked" ? null : reason;
		const now = deps.clock.now();
		store.update((state) => ({
			...emptyState,
			session: nextSession(state.session, { kind: "ended", reason: shown }, now),
			isFarewellDue: farewell.isDue(),
		}));
		core.notify({ kind: "signed-out", reason });
		if (farewell.isDue()) farewell.resume();
	}

	async function begin(account: Account): Promise<void> {
		cancelRetry?.();
		farewell.drop();
		const mine = ++turn;
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
			onLeft: () => end("left"),
			onOther: () => void rejoin(),
			isOvertaken: joinsNext,
		};
		await startSession(core, deps, hooks, login, (started) => {
			if (mine === turn) session = started;
			return mine === turn;
		});
	}

	/** Leaves an overtaken login for the one that the browser is in. */
	function joinsNext(): boolean {
		const isLate = isOvertaken();
		if (isLate) void rejoin();
		return isLate;
	}

	/**
	 * Somebody signed in through another tab. What is stored by now is of their
	 * login, or waits for the one who was here; so nothing is deleted or written.
	 */
	async function rejoin(): Promise<void> {
		const next = isOvertaken() ? readLogin(deps.disk) : null;
		turn++;
		cancelRetry?.();
		session?.drafts.stop();
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
			isFarewellDue: farewell.isDue(),
		}));
	}

	/** A tab that was asked to sign out may be gone or asleep: what it was to delete is deleted here. */
	async function finishSignOut(): Promise<void> {
		const left = readLogin(deps.disk);
		forgetLogin(deps.disk);
		endBeforeBegin();
		farewell.resume();
		if (left === null) return;
		const account = left.account.id;
		createDrafts({ ...core, disk: deps.disk, account }).wipe();
		const storage = await deps.openStorage(account);
		// Whoever signed in while it opened keeps what is there by now.
		if (readLogin(deps.disk) === null) await storage.wipe().catch(() => undefined);
		else storage.close();
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
		const mine = turn;
		isSigningOut = true;
		await farewell.say(reach);
		isSigningOut = false;
		if (mine !== turn) return;
		end("asked");
	}

	const actions: Actions = {
		async start() {
			if (session !== null || store.getState().me !== null) return;
			if (farewell.isDue()) {
				await finishSignOut();
				return;
			}
			const known = readLogin(deps.disk);
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
			if (joinsNext()) return;
			session?.drafts.hear(key);
			noteFarewell();
		},
	};
}
