/**
 * Where the server holds what was sent from here, and as which version. Pure
 * memory: what it knows is told by the copies of the outbox and by the rows.
 */
import type { Message } from "@/api/wire.gen";
import type { Core } from "./core";
import { sentRev } from "./reducers/outbox";
import type { OutboxEntry, Place } from "./types";

export function createPlaces({ store }: Core) {
	const places = new Map<string, Place>();

	/** Of two words about a message the one about the later change counts. */
	function learn(place: Place): void {
		const held = places.get(place.clientId);
		const isCurrent = held !== undefined && held.epoch === store.getState().epoch;
		if (isCurrent && (held.epoch !== place.epoch || isLater(held, place))) return;
		places.set(place.clientId, place);
	}

	return {
		of: (clientId: string): Place | null => places.get(clientId) ?? null,
		learn,
		learnByEntry({ id, kind, target, stored, epoch, createdAt, bodyAt }: OutboxEntry): void {
			const clientId = kind === "send" ? id : target?.clientId;
			// A reaction says nothing of the words, which are what a place is of.
			if (stored === null || !clientId || kind === "react") return;
			const { seq, ownRev: rev } = stored;
			learn({ clientId, seq, epoch, rev, askedAt: kind === "send" ? bodyAt : createdAt });
		},
		learnByRow(row: Message): void {
			const { client_id: clientId, seq } = row;
			if (clientId === null) return;
			learn({ clientId, seq, epoch: store.getState().epoch, rev: sentRev(row), askedAt: 0 });
		},
	};
}

function isLater(place: Place, other: Place): boolean {
	return (
		place.askedAt > other.askedAt || (place.askedAt === other.askedAt && place.rev > other.rev)
	);
}
