/**
 * Taking back a message that was not sent.
 *
 * What must hold: what a person deletes is gone for everybody. A tab that slept
 * may believe to lead while another sends the message; the disk knows, for no
 * attempt leaves before it is written there. Then the message is deleted after.
 */
import type { Core } from "./core";
import type { Replica } from "./outbox-replica";
import type { Storage } from "./persistence";
import type { OutboxEntry } from "./types";

type Deps = {
	readonly storage: Storage;
	readonly replica: Replica;
	/** Asks for the deletion of a message that was sent. */
	readonly addDelete: (chat: string, target: { readonly clientId: string }) => void;
	readonly flush: () => void;
};

export function createTakeBack(core: Core, { storage, replica, addDelete, flush }: Deps) {
	/** Ends the message and what waits for it, here at once and for all when the disk agrees. */
	return async function takeBack(message: OutboxEntry): Promise<void> {
		const { id, chat } = message;
		const { outbox } = core.store.getState();
		const waiting = outbox.filter(({ target }) => target?.clientId === id && target.seq === null);
		const ids = [id, ...waiting.map((entry) => entry.id)];
		const over = { id, overAt: core.clock.now(), place: replica.placeOf(id) };
		// Without a limit of time: a tab that wakes may see that pass before it has the answer.
		const sent = await replica.hideWhile(ids, storage.takeBack(over, message)).catch(() => null);
		if (sent === null) {
			for (const one of ids) void replica.end(one);
			return;
		}
		replica.hear({ entries: [...sent.entries, ...waiting], over: sent.over }, false);
		if (!waiting.some(({ kind }) => kind === "delete")) addDelete(chat, { clientId: id });
		flush();
		// More may have been told meanwhile.
		void replica.look();
	};
}
