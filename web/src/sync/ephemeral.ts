/**
 * What is true only for a moment: who types, who is here. Never stored.
 *
 * What must hold: of somebody whose chat is closed nothing is known, and of
 * somebody whose chat opens it is asked anew, for the server told nothing
 * meanwhile.
 */
import type { Presence } from "@/api/wire.gen";
import { faceOf } from "./chat-face";
import { type Core, isLive } from "./core";
import { without } from "./state";
import type { ChatEntry, State } from "./types";

/** While typing goes on it is told again this often; the server passes on no more. */
const TELL_MS = 3_000;
/** A typist who falls silent (or whose "stopped" was lost) is forgotten after this long. */
const EXPIRE_MS = 6_000;
const WATCH_MS = 100;
/** The server's limit of accounts watched at once. */
const MAX_WATCHED = 200;

export type Ephemeral = {
	readonly setTyping: (chat: string, on: boolean) => void;
	readonly hearTyping: (event: { chat: string; account: string; on: boolean }) => void;
	readonly hearPresence: (presence: Presence) => void;
	readonly watch: (accounts: readonly string[]) => () => void;
	/** A new connection knows nothing of what we watch. */
	readonly rewatch: () => void;
	/** Without a connection nobody's silence is heard: they are taken to have stopped. */
	readonly forgetTyping: () => void;
	readonly stop: () => void;
};

const NOBODY: State["typing"] = new Map();

export function createEphemeral(core: Core): Ephemeral {
	const toldAt = new Map<string, number>();
	const expiries = new Map<string, () => void>();
	const watched = new Map<string, number>();
	let cancelWatch: (() => void) | null = null;
	/** Tells the answer to the latest question. */
	let asked = 0;
	let followed = core.store.getState().chats;
	const unfollow = core.store.subscribe(follow);

	function setTyping(chat: string, on: boolean): void {
		const told = toldAt.get(chat);
		const now = core.clock.now();
		if (on) {
			// The clock may have been set back since.
			if (told !== undefined && Math.abs(now - told) < TELL_MS) return;
			toldAt.set(chat, now);
		} else {
			if (told === undefined) return;
			toldAt.delete(chat);
		}
		core.socket.tell("typing", { chat, on });
	}

	function place(chat: string, account: string, expiry: number | null): void {
		core.store.update((state) => withTypist(state, chat, account, expiry));
	}

	function hearTyping({ chat, account, on }: { chat: string; account: string; on: boolean }) {
		const key = `${chat} ${account}`;
		expiries.get(key)?.();
		expiries.delete(key);
		if (!on || account === core.store.getState().me?.id) {
			place(chat, account, null);
			return;
		}
		place(chat, account, core.clock.now() + EXPIRE_MS);
		const cancel = core.clock.after(EXPIRE_MS, () => hearTyping({ chat, account, on: false }));
		expiries.set(key, cancel);
	}

	function hearPresence(presence: Presence): void {
		core.store.update((state) => ({
			...state,
			presence: new Map(state.presence).set(presence.account, presence),
		}));
	}

	function rewatch(): void {
		cancelWatch?.();
		cancelWatch = null;
		if (!isLive(core.store.getState())) return;
		// The latest wishes win: what is on screen now was asked for last.
		const accounts = [...watched.keys()].slice(-MAX_WATCHED);
		const mine = ++asked;
		core.socket.call("presence.watch", { accounts }).then(
			({ presence }) => {
				if (mine === asked) takeAnswer(presence);
			},
			// Asked again with the next connection.
			() => undefined,
		);
	}

	/** Nothing more is told of whom the answer leaves out, so what was known of them is nothing now. */
	function takeAnswer(answer: readonly Presence[]): void {
		const presence = new Map(answer.map((one) => [one.account, one]));
		core.store.update((state) => ({ ...state, presence }));
	}

	function rewatchSoon(): void {
		cancelWatch ??= core.clock.after(WATCH_MS, rewatch);
	}

	function changeWatch(accounts: readonly string[], by: 1 | -1): void {
		for (const account of accounts) {
			const count = (watched.get(account) ?? 0) + by;
			if (count > 0) watched.set(account, count);
			else watched.delete(account);
		}
		rewatchSoon();
	}

	/** Sees chats close and open, by whatever way that came. */
	function follow(): void {
		const before = followed;
		followed = core.store.getState().chats;
		if (followed === before) return;
		let hasOpened = false;
		for (const chat of followed.values()) {
			const held = before.get(chat.id);
			if (held === chat) continue;
			const wasOpen = held?.closed_at === null;
			if (chat.closed_at === null) hasOpened ||= !wasOpen;
			else if (wasOpen) forgetPeople(chat);
		}
		if (hasOpened && watched.size > 0) rewatchSoon();
	}

	function forgetPeople(chat: ChatEntry): void {
		stopTypists(chat.id);
		core.store.update((state) => withoutPeer(state, chat));
	}

	/** In this chat, or everywhere. */
	function stopTypists(chat: string | null): void {
		for (const [key, cancel] of expiries) {
			if (chat !== null && !key.startsWith(`${chat} `)) continue;
			cancel();
			expiries.delete(key);
		}
		core.store.update((state) => {
			const typing = chat === null ? NOBODY : without(state.typing, chat);
			return typing.size === state.typing.size ? state : { ...state, typing };
		});
	}

	return {
		setTyping,
		hearTyping,
		hearPresence,
		watch(accounts) {
			changeWatch(accounts, 1);
			let isWatching = true;
			return () => {
				if (isWatching) changeWatch(accounts, -1);
				isWatching = false;
			};
		},
		rewatch,
		forgetTyping: () => stopTypists(null),
		stop() {
			unfollow();
			cancelWatch?.();
			for (const cancel of expiries.values()) cancel();
			expiries.clear();
		},
	};
}

/** Somebody types until then, or does not any more. */
function withTypist(state: State, chat: string, account: string, expiry: number | null): State {
	const inChat = state.typing.get(chat) ?? new Map<string, number>();
	if (expiry === null && !inChat.has(account)) return state;
	const next = expiry === null ? without(inChat, account) : new Map(inChat).set(account, expiry);
	const typing = new Map(state.typing);
	if (next.size === 0) typing.delete(chat);
	else typing.set(chat, next);
	return { ...state, typing };
}

function withoutPeer(state: State, chat: ChatEntry): State {
	const peer = state.me && faceOf(chat, state.me.id).peer;
	if (!peer) return state;
	const presence = without(state.presence, peer.account);
	return presence === state.presence ? state : { ...state, presence };
}
