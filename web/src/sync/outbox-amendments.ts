/**
 * Another body for a message that was not sent yet.
 *
 * What must hold: of the first body and the other one only what another tab has
 * sent all the same needs an edit, and whoever finds that out asks for the same
 * one: it has one id in every tab, and so is done once.
 */
import type { Message } from "@/api/wire.gen";
import type { Replica } from "./outbox-replica";
import type { OutboxEntry } from "./types";

type Deps = {
	readonly replica: Replica;
	readonly timeOfAsking: () => number;
	/** An edit of the message. */
	readonly addEdit: (
		message: OutboxEntry,
		edit: Pick<OutboxEntry, "id" | "body" | "createdAt">,
	) => void;
};

type Amendment = { readonly body: string; readonly askedAt: number; readonly isSent: boolean };

export function createAmendments({ replica, timeOfAsking, addEdit }: Deps) {
	/** The last body that an unsent message was given here, and when; and whether it is known to be sent so. */
	const amended = new Map<string, Amendment>();

	/** Older than what was asked for meanwhile, whenever it turns out to be needed. */
	function toEdit(message: OutboxEntry): void {
		const { id, body, bodyAt } = message;
		addEdit(message, { id: `${id}.${bodyAt}`, body, createdAt: bodyAt });
	}

	function noteSent(id: string, body: string): void {
		const held = amended.get(id);
		if (held?.body === body) amended.set(id, { ...held, isSent: true });
	}

	return {
		/**
		 * Changes the message where it stands; an edit when another tab has sent it,
		 * which the disk knows. The answer may come long after (the tab slept).
		 */
		async amend(message: OutboxEntry, body: string): Promise<void> {
			const { id } = message;
			const firstBody = message.firstBody ?? message.body;
			const bodyAt = timeOfAsking();
			amended.set(id, { body, askedAt: bodyAt, isSent: false });
			const changed = await replica.change(id, { body, firstBody, bodyAt });
			// Given another body since, or taken back; or it was heard of in time.
			const last = amended.get(id);
			const isDue = last?.askedAt === bodyAt && !last.isSent && replica.find(id)?.body !== body;
			if (changed === null && isDue) toEdit({ ...message, body, bodyAt });
		},
		/** Another tab sent it with the body it had before. */
		toEdit,
		/** Whoever sends the message tells with which body. */
		hear({ id, attempts, body }: OutboxEntry): void {
			if (attempts > 0) noteSent(id, body);
		},
		/** A row says with which body it was sent, until it is edited. */
		confirm({ client_id: id, body, edited_at }: Message): void {
			const held = id === null ? null : replica.find(id);
			if (id === null || edited_at !== null) return;
			noteSent(id, body);
			if (held !== null && held.firstBody !== null && held.body !== body) toEdit(held);
		},
		forget: (id: string) => void amended.delete(id),
	};
}
