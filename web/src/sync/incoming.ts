/**
 * What the server says on its own, and which part each word of it is for.
 */
import type { AccountEventKind, Message } from "@/api/wire.gen";
import { ACCOUNT_EVENTS, type AccountLog } from "./account-log";
import type { Core } from "./core";
import type { Ephemeral } from "./ephemeral";
import type { Inbox } from "./inbox";
import type { Receipts } from "./receipts";
import { applyReceipt } from "./reducers/marks";
import type { ServerEvent } from "./socket";

export type Listeners = {
	readonly inbox: Inbox;
	readonly log: AccountLog;
	readonly ephemeral: Ephemeral;
};

function isOfAccount(name: string): name is AccountEventKind {
	return ACCOUNT_EVENTS.has(name);
}

export function dispatch(core: Core, event: ServerEvent, to: Listeners): void {
	if (isOfAccount(event.name)) {
		const { arev, ...body } = event.body as { arev: number };
		to.log.receive({ arev, kind: event.name, body });
		return;
	}
	switch (event.name) {
		case "message.new":
		case "message.updated":
		case "message.deleted": {
			const { chat, rev, message } = event.body;
			to.inbox.receive({ chat, rev, row: message });
			break;
		}
		case "chat.updated":
			to.inbox.receive({ ...event.body, row: null });
			break;
		case "receipt": {
			const receipt = event.body;
			core.store.update((state) => applyReceipt(state, receipt));
			break;
		}
		case "typing":
			to.ephemeral.hearTyping(event.body);
			break;
		case "presence":
			to.ephemeral.hearPresence(event.body);
			break;
		case "online.count": {
			const { count } = event.body;
			core.store.update((state) => ({ ...state, online: count }));
		}
	}
}

/** A row came in: whoever wrote it has stopped typing, and is told that it arrived. */
export function noteRow(
	core: Core,
	{ receipts, ephemeral }: { receipts: Receipts; ephemeral: Ephemeral },
	row: Message,
	isLive: boolean,
): void {
	const isMine = row.sender === core.store.getState().me?.id;
	if (!isMine) receipts.noteArrival(row.chat);
	if (isLive) ephemeral.hearTyping({ chat: row.chat, account: row.sender, on: false });
	core.notify({ kind: "message", chat: row.chat, message: row, isMine, isLive });
}
