/**
 * What one may do, and whose affair it is. Without a login nothing happens.
 */

import type { Core } from "./core";
import { isMarked } from "./selectors";
import { tellOpen } from "./session-parts";
import type { SignedIn } from "./signed-in";
import type { Actions } from "./types";

export function createActions(core: Core, signedIn: SignedIn): Actions {
	return {
		start: signedIn.start,
		signedIn: signedIn.begin,
		signOut: () => signedIn.end("here"),
		signOutEverywhere: () => signedIn.end("everywhere"),
		reconnectNow: () => signedIn.session()?.connection.hurry(),
		accountChanged: (account) => core.store.update((state) => ({ ...state, me: account })),
		sendMessage(chat, { body, replyToSeq = null }) {
			const session = signedIn.session();
			if (session === null) return "";
			session.drafts.clear(chat);
			session.ephemeral.setTyping(chat, false);
			return session.outbox.send(chat, body, replyToSeq);
		},
		forward(chats, bodies) {
			const outbox = signedIn.session()?.outbox;
			for (const chat of chats) for (const body of bodies) outbox?.send(chat, body, null);
		},
		editMessage: (chat, target, body) => signedIn.session()?.outbox.edit(chat, target, body),
		deleteMessage: (chat, target) => signedIn.session()?.outbox.remove(chat, target),
		holdMessage: (clientId, isHeld) => signedIn.session()?.outbox.hold(clientId, isHeld) ?? false,
		react: (chat, seq, emoji, on) => signedIn.session()?.outbox.react(chat, seq, { emoji, on }),
		retry: (id) => signedIn.session()?.outbox.retry(id),
		retryAll() {
			for (const entry of core.store.getState().outbox) signedIn.session()?.outbox.retry(entry.id);
		},
		discard: (id) => signedIn.session()?.outbox.discard(id),
		async openChat(chat) {
			tellOpen(core, chat, true);
			const entry = core.store.getState().chats.get(chat);
			if (entry && isMarked(entry)) signedIn.session()?.wishes.ask(chat, { unread_seq: null });
			await signedIn.session()?.pages.open(chat);
		},
		closeChat(chat) {
			signedIn.session()?.ephemeral.setTyping(chat, false);
			signedIn.session()?.pages.close(chat);
			tellOpen(core, chat, false);
		},
		holdRows: (chat, isHeld) => signedIn.session()?.pages.hold(chat, isHeld),
		loadOlder: async (chat) => signedIn.session()?.pages.loadOlder(chat),
		loadNewer: async (chat) => signedIn.session()?.pages.loadNewer(chat),
		jumpTo: async (chat, seq) => signedIn.session()?.pages.jumpTo(chat, seq),
		jumpToLatest: async (chat) => signedIn.session()?.pages.jumpToLatest(chat),
		markRead: (chat, seq) => signedIn.session()?.receipts.markRead(chat, seq),
		setMine: (chat, change) => signedIn.session()?.wishes.ask(chat, change),
		deleteChat(chat, upTo) {
			const session = signedIn.session();
			session?.drafts.clear(chat);
			for (const { id, kind, target, ...entry } of core.store.getState().outbox) {
				const isThere = kind === "send" || (target?.seq ?? upTo + 1) <= upTo;
				if (entry.chat === chat && entry.state === "failed" && isThere) session?.outbox.discard(id);
			}
			const plain = { pinned: false, archived: false, unread_seq: null };
			session?.wishes.ask(chat, { ...plain, hidden_upto_seq: upTo });
			session?.pages.repair(chat);
		},
		setTyping: (chat, on) => signedIn.session()?.ephemeral.setTyping(chat, on),
		saveDraft: (chat, draft) => signedIn.session()?.drafts.save(chat, draft),
		watchPresence: (accounts) => signedIn.session()?.ephemeral.watch(accounts) ?? (() => undefined),
	};
}
