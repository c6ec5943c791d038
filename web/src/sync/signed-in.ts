/**
 * Who is signed in in this tab: begins a login, ends it, and follows what other
 * tabs of the browser did.
 *
 * What must hold: what began before somebody signed in or out never ends after;
 * a login begins only when nothing of the one before is left; and the disk
 * decides which login the browser is in, not what a tab remembers.
 */
import { fetchMe } from "@/api/chats";
import { isApiError } from "@/api/client";
import type { Account } from "@/api/wire.gen";
import { type AccountSession, startSession } from "./account-session";
import { type Core, moveSession } from "./core";
import { createDrafts } from "./drafts";
import { createFarewell, type Farewell, type Reach } from "./farewell";
import { enterLogin, forgetLogin, type Login, readLogin } from "./login";
import { openInTime } from "./persistence";
import { nextSession, reconnectDelay } from "./session-machine";
import type { Device } from "./session-parts";
import { emptyState } from "./state";
import type { Session } from "./types";
import { createWishes } from "./wishes";

export type SignedInDeps = Device & {
	/** False when a request for who is signed in is sure to be refused. */
	readonly mayHaveLogin: () => boolean;
};

export type SignedIn = {
	/** Goes on with the login the browser is in, if it is in one. */
	readonly start: () => Promise<void>;
	readonly begin: (account: Account) => Promise<void>;
	/** Signs out, in every tab; ends when the server knows, or when waiting is of no use. */
	readonly end: (reach: Reach) => Promise<void>;
	readonly session: () => AccountSession | null;
	readonly networkChanged: (isOn: boolean) => void;
	/** Another tab changed what this device keeps. */
	readonly diskChanged: (key: string | null) => void;
	readonly stop: () => void;
};

export function createSignedIn(core: Core, deps: SignedInDeps): SignedIn {
	const farewell = createFarewell({ ...core, disk: deps.disk, onChange: noteFarewell });
	let session: AccountSession | null = null;
	/** The login this tab is in. */
	let login: Login | null = null;
	/** Changes whenever somebody signs in or out: what began before must not end after. */
	let turn = 0;
	let cancelRetry: (() => void) | null = null;

	function noteFarewell(): void {
		const isFarewellDue = core.store.getState().me === null && farewell.isOverdue();
		core.store.update((state) =>
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
		const isOut = core.store.getState().session.status === "signed-out";
		if (farewell.isAsked() && !isOut) void leave("other-tab", farewell.follow);
		else if (isOvertaken()) void rejoin();
		else return isOut;
		return true;
	}

	/** True when nobody was signed in here and somebody did so in another tab. */
	function isAwaited(): boolean {
		if (core.store.getState().session.status !== "signed-out") return false;
		return session === null && !farewell.isAsked() && readLogin(deps.disk) !== null;
	}

	/** Shows that nobody is signed in here; what was stored is another question. */
	function close(reason: Session["reason"]): void {
		session = null;
		login = null;
		turn++;
		cancelRetry?.();
		const now = core.clock.now();
		core.store.update((state) => ({
			...emptyState,
			session: nextSession(state.session, { kind: "ended", reason }, now),
		}));
		noteFarewell();
		const isAsked = reason === null || reason === "other-tab";
		core.notify({ kind: "signed-out", reason: isAsked ? "asked" : reason });
	}

	/** The server ended the login. */
	function ended(reason: "revoked" | "expired"): void {
		// It may say so before it answers who asked for that.
		if (isLeft()) return;
		const over = session;
		forgetLogin(deps.disk);
		void over?.forget().catch(() => undefined);
		close(reason);
	}

	/**
	 * Somebody asked to sign out, in this tab or another, which may be frozen or
	 * gone: whichever sees it deletes all that the device kept. Written down as
	 * done when it is, so that the next page goes on with it otherwise.
	 */
	async function leave(reason: "other-tab" | null, tell: () => void): Promise<void> {
		const over = readLogin(deps.disk) ?? login;
		session?.stop();
		close(reason);
		tell();
		if (over !== null) await wipe(core, deps, farewell, over.account.id);
	}

	async function begin(account: Account): Promise<void> {
		cancelRetry?.();
		const mine = ++turn;
		farewell.hush();
		const over = farewell.isAsked() ? readLogin(deps.disk) : null;
		if (over !== null) await wipe(core, deps, farewell, over.account.id);
		if (mine !== turn) return;
		farewell.drop();
		session?.stop();
		session = null;
		login = enterLogin(deps.disk, account, core.clock.now());
		const now = core.clock.now();
		core.store.update(({ session: { since } }) => {
			const fresh = { ...emptyState.session, since };
			return { ...emptyState, session: nextSession(fresh, { kind: "connect" }, now) };
		});
		const hooks = { onEnded: ended, onOther: () => void rejoin(), isLeft };
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
		const now = core.clock.now();
		core.store.update(() => ({ ...emptyState, session: { ...emptyState.session, since: now } }));
		core.notify({ kind: "signed-out", reason: "asked" });
		if (next === null) await ask(0);
		else await begin(next.account);
	}

	/** Nobody is signed in here, so nothing is lost by saying so. */
	function endBeforeBegin(): void {
		moveSession(core, { kind: "ended", reason: null });
		noteFarewell();
	}

	/** Asks who is signed in; without a server, asks again later. */
	async function ask(failures: number): Promise<void> {
		const mine = ++turn;
		try {
			const me = await fetchMe(core.api);
			if (mine === turn) await begin(me);
		} catch (error) {
			if (mine !== turn) return;
			if (isApiError(error) && error.status === 401) return endBeforeBegin();
			const wait = reconnectDelay(failures, core.clock.random);
			const nextTryAt = core.clock.now() + wait;
			moveSession(core, { kind: "lost", nextTryAt, hasNetwork: deps.hasNetwork() });
			cancelRetry = core.clock.after(wait, () => void ask(failures + 1));
		}
	}

	async function start(): Promise<void> {
		if (session !== null || core.store.getState().me !== null) return;
		const known = readLogin(deps.disk);
		// The tab that was asked to sign out may be gone or asleep.
		if (farewell.isDue() || (farewell.isAsked() && known !== null)) {
			await leave(null, farewell.resume);
			return;
		}
		if (known !== null) await begin(known.account);
		else if (deps.mayHaveLogin()) await ask(0);
		else endBeforeBegin();
	}

	return {
		start,
		begin,
		async end(reach) {
			const told = farewell.say(reach);
			void leave(null, () => undefined);
			await told;
		},
		session: () => session,
		networkChanged(isOn) {
			session?.connection.setNetwork(isOn);
			if (isOn && session === null) farewell.resume();
		},
		diskChanged(key) {
			noteFarewell();
			if (isAwaited()) void start();
			else if (!isLeft()) session?.hearDisk(key);
		},
		stop() {
			turn++;
			cancelRetry?.();
			farewell.stop();
			session?.stop();
			session = null;
			login = null;
		},
	};
}

/** Takes all that the device kept of the account. */
async function wipe(
	core: Core,
	{ disk, openStorage }: Device,
	farewell: Farewell,
	account: string,
): Promise<void> {
	createDrafts({ ...core, disk, account }).wipe();
	createWishes(core, { disk, account, isLeft: () => true }).wipe();
	const storage = await openInTime(openStorage, core.clock, account);
	// Whoever signed in while it opened keeps what is there by now.
	if (farewell.isAsked()) await storage.wipe().catch(() => undefined);
	else storage.close();
	if (farewell.isAsked()) forgetLogin(disk);
}
