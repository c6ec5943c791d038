/**
 * Which row a change is for, and which version of it.
 *
 * What must hold: a change meets the message it was asked for and no other,
 * whatever became of its place meanwhile; and an edit is of the version that
 * the person saw, with what was asked for from here before it, and of nothing
 * later.
 */
import type { Core } from "./core";
import type { Replica } from "./outbox-replica";
import { isOpen, sentRev } from "./reducers/outbox";
import { timelineOf } from "./state";
import { rowByClientId } from "./timeline";
import type { OutboxEntry } from "./types";

const NOT_FOUND = "message.not_found";

/** A stored row by its seq, or a pending one by its client id. */
export type Target = { seq: number } | { clientId: string };

export type Targets = {
	readonly toTarget: (chat: string, target: Target) => Pick<OutboxEntry, "target" | "seenRev">;
	readonly isAwaited: (target: Target) => boolean;
	/** Ends when the change knows where it goes, or that it cannot; null while it has to wait. */
	readonly findHome: (entry: OutboxEntry) => Promise<unknown> | null;
	/** Changes that were refused for want of a message which is known by now. */
	readonly refusedTooSoon: () => readonly OutboxEntry[];
	readonly seenRev: (entry: OutboxEntry) => number;
	readonly isOutdone: (entry: OutboxEntry) => boolean;
};

export function createTargets(core: Core, replica: Replica): Targets {
	const { find } = replica;
	const entries = () => core.store.getState().outbox;

	/** The row that a change is for, as it is now. */
	function toTarget(chat: string, target: Target): Pick<OutboxEntry, "target" | "seenRev"> {
		const timeline = timelineOf(core.store.getState(), chat);
		if ("seq" in target) {
			const { seq } = target;
			const row = timeline.bySeq.get(seq);
			if (row !== undefined) return { target: { seq, clientId: row.client_id }, seenRev: row.rev };
			// Shown from here, for its row is yet to come.
			const sent = entries().find((entry) => entry.chat === chat && entry.stored?.seq === seq);
			return { target: { seq, clientId: sent?.id ?? null }, seenRev: sent?.stored?.ownRev ?? 0 };
		}
		const { clientId } = target;
		const entry = find(clientId);
		if (entry !== null) return { target: { seq: entry.stored?.seq ?? null, clientId }, seenRev: 0 };
		// The message was stored between the press of the key and here.
		const row = rowByClientId(timeline, clientId);
		return {
			target: { seq: row?.seq ?? null, clientId },
			seenRev: sentRev(row),
		};
	}

	/** An edit from another tab waits for it, which a later one must follow. */
	function isAwaited(target: Target): boolean {
		if (!("clientId" in target)) return false;
		const isOfWords = (entry: OutboxEntry) => entry.kind !== "react";
		return entries().some((it) => isOfWords(it) && it.target?.clientId === target.clientId);
	}

	/** The place of the message that a change is for. */
	function seqOf({ chat, target }: OutboxEntry): number | undefined {
		const clientId = target?.clientId ?? "";
		const state = core.store.getState();
		const known = replica.placeOf(clientId);
		if (known?.epoch === state.epoch) return known.seq;
		return rowByClientId(timelineOf(state, chat), clientId)?.seq;
	}

	/** The disk may have had no room for the message: its own tab tells of it later than the disk of the change. */
	function refusedTooSoon(): readonly OutboxEntry[] {
		return entries().filter((entry) => {
			const { state, error, target } = entry;
			const isUnplaced = state === "failed" && error?.code === NOT_FOUND && target?.seq === null;
			const isUnsent = () => find(target?.clientId ?? "")?.stored === null;
			return isUnplaced && (isUnsent() || seqOf(entry) !== undefined);
		});
	}

	/**
	 * A change whose message has no place yet waits for it, or, when that one
	 * was refused, for the person. A message that is no longer here was stored
	 * while another tab led, or before a backup was restored: its old place may
	 * be another message's by now.
	 */
	function findHome(entry: OutboxEntry): Promise<unknown> | null {
		const { id, chat } = entry;
		const clientId = entry.target?.clientId ?? "";
		if (find(clientId)?.stored === null) return null;
		const state = core.store.getState();
		const { epoch } = state;
		const known = replica.placeOf(clientId);
		const row = rowByClientId(timelineOf(state, chat), clientId);
		const seq = seqOf(entry);
		if (seq !== undefined) {
			// Sent with words that were asked for later, in a tab that had not heard of these.
			const isPassed = known?.epoch === epoch && known.askedAt > entry.createdAt;
			if (isPassed && entry.kind === "edit") return replica.end(id);
			// The row as it was sent, or as the backup has it, is what the person saw.
			const seen = entry.epoch === epoch ? sentRev(row) : (row?.rev ?? 0);
			// What was done before a restore is not known to the server any more.
			const attempts = entry.epoch === epoch ? entry.attempts : 0;
			return replica.change(id, { target: { seq, clientId }, epoch, seenRev: seen, attempts });
		}
		if (entry.kind === "react") return replica.end(id);
		const error = { code: NOT_FOUND, detail: "" };
		return replica.change(id, { state: "failed", error });
	}

	/** The version an edit is of: what the person saw, with what was asked for here before it. */
	function seenRev({ target, epoch, createdAt, seenRev: seen }: OutboxEntry): number {
		const known = replica.placeOf(target?.clientId ?? "");
		const isBefore = known !== null && known.epoch === epoch && known.askedAt <= createdAt;
		return isBefore ? Math.max(seen, known.rev) : seen;
	}

	/** A later change of the words from here decides. */
	function isOutdone({ target, createdAt }: OutboxEntry): boolean {
		const clientId = target?.clientId ?? "";
		const isLater = (other: OutboxEntry) =>
			isOpen(other) &&
			other.kind !== "react" &&
			other.target?.clientId === clientId &&
			other.createdAt > createdAt;
		const askedAt = replica.placeOf(clientId)?.askedAt ?? 0;
		return askedAt > createdAt || (clientId !== "" && entries().some(isLater));
	}

	return { toTarget, isAwaited, findHome, refusedTooSoon, seenRev, isOutdone };
}
