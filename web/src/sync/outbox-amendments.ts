/**
 * Another body for a message that was not sent yet.
 */
import type { Replica } from "./outbox-replica";
import type { OutboxEntry } from "./types";

type Deps = {
	readonly replica: Replica;
	readonly timeOfAsking: () => number;
	/** An edit of the message, asked for at that time; now where none is known. */
	readonly addEdit: (entry: OutboxEntry, body: string, askedAt?: number) => void;
};

export function createAmendments({ replica, timeOfAsking, addEdit }: Deps) {
	/** The last body that an unsent message was given here, and when. */
	const amended = new Map<string, { readonly body: string; readonly askedAt: number }>();
	return {
		/**
		 * Changes the message where it stands; an edit when another tab has sent it,
		 * which the disk knows. The answer may come long after (the tab slept): the
		 * edit is older than what was asked for meanwhile.
		 */
		async amend(entry: OutboxEntry, body: string): Promise<void> {
			const { id } = entry;
			const firstBody = entry.firstBody ?? entry.body;
			const askedAt = timeOfAsking();
			amended.set(id, { body, askedAt });
			const changed = await replica.change(id, { body, firstBody });
			// Given another body since, or taken back; or it was heard of in time.
			const isLast = amended.get(id)?.askedAt === askedAt && replica.find(id)?.body !== body;
			if (changed === null && isLast) addEdit(entry, body, askedAt);
		},
		/** Another tab sent it with the body it had before. */
		addAmended: (entry: OutboxEntry) => addEdit(entry, entry.body, amended.get(entry.id)?.askedAt),
		forget: (id: string) => void amended.delete(id),
	};
}
