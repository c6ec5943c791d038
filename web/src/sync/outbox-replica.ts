/**
 * The copies of the outbox: on this screen, on the disk, in the other tabs.
 *
 * What must hold: they differ only while a write or a message is on its way,
 * whichever tab is gone by then. So all of them merge alike, in any order and
 * any number of times: of two versions of an entry the higher one counts, and
 * an entry that is over stays over. That it is over is written down; were it
 * merely absent, a write that comes late would bring it back.
 *
 * A new entry is told at once, for the tab that leads may begin. Whatever
 * changes later is written first and told after, and a tab that opens listens
 * before it reads: it learns of a change one way or the other. Between telling
 * and writing, or writing and telling, a tab may be gone; so one that opens and
 * one that is to lead compare what all of them have.
 */
import type { Message } from "@/api/wire.gen";
import type { Clock } from "./clock";
import type { Core } from "./core";
import { createPlaces } from "./outbox-places";
import type { Storage } from "./persistence";
import { dropEntry, isNewer, mergeEntry } from "./reducers/outbox";
import type { OutboxNews, Tabs } from "./tabs";
import type { OutboxEntry, Over, Place, State, Stored } from "./types";

/** A disk that takes longer is one that does not answer. */
const DISK_MS = 3_000;
/** Longer than any tab may sleep on a write, or on what it shows. */
const OVER_MS = 24 * 3_600_000;

export type Replica = {
	readonly find: (id: string) => OutboxEntry | null;
	/** Where the server holds a message that was sent from here. */
	readonly placeOf: (clientId: string) => Place | null;
	/** Takes up a new entry; ends when it is on the disk. */
	readonly add: (entry: OutboxEntry) => Promise<void>;
	/** Gives an entry its next version; null when it is over, here or by the word of the disk. */
	readonly change: (id: string, patch: Partial<OutboxEntry>) => Promise<OutboxEntry | null>;
	/** The server holds it: nobody sends it again, and each tab shows it until its rows do. */
	readonly store: (id: string, stored: Stored) => Promise<void>;
	/** It is over, for every tab. */
	readonly end: (id: string) => Promise<void>;
	/** Shows none of these, whatever is told of them, while the disk is asked about them. */
	readonly hideWhile: <T>(ids: readonly string[], question: Promise<T>) => Promise<T>;
	/** It is over as far as this screen shows; whoever leads ends it for all. */
	readonly forget: (id: string) => void;
	/** A row of ours, as the server has it. */
	readonly note: (row: Message) => void;
	/** Takes what another tab tells. */
	readonly hear: (news: OutboxNews, isAll: boolean) => void;
	/** Compares this screen with the disk and the other tabs; whatever one lacks, it gets. */
	readonly look: () => Promise<void>;
	readonly stop: () => void;
};

export function createReplica(core: Core, storage: Storage, tabs: Tabs): Replica {
	/** What is said of these later is old news. */
	const over = new Set<string>();
	const hidden = new Set<string>();
	const places = createPlaces(core);
	let isStopped = false;

	const find = (id: string) =>
		core.store.getState().outbox.find((entry) => entry.id === id) ?? null;

	function show(entry: OutboxEntry): void {
		places.learnByEntry(entry);
		if (over.has(entry.id) || hidden.has(entry.id)) return;
		core.store.update((state) => mergeEntry(state, entry));
	}

	function forget(id: string): void {
		over.add(id);
		core.store.update((state) => dropEntry(state, id));
	}

	function tell(news: Partial<OutboxNews>, isAll = false): void {
		if (!isStopped) tabs.post({ entries: [], over: [], ...news, isAll });
	}

	/** The disk keeps what is to be sent, and that it no longer is. */
	async function keep(entry: OutboxEntry): Promise<void> {
		if (entry.stored === null) await storage.putEntry(entry);
		else await endOnDisk(toOver(entry.id));
	}

	/** What waits for a message needs its place: better to send that one again than to forget it. */
	function endOnDisk(ended: Over): Promise<void> {
		const { outbox } = core.store.getState();
		const mayForget = !outbox.some(({ target }) => target?.clientId === ended.id);
		return storage.endEntry(ended, mayForget);
	}

	function toOver(id: string): Over {
		const clientId = find(id)?.target?.clientId ?? id;
		return { id, overAt: core.clock.now(), place: places.of(clientId) };
	}

	/** The version after the one that is shown; null when none is. */
	function next(id: string, patch: Partial<OutboxEntry>): OutboxEntry | null {
		const held = isStopped ? null : find(id);
		if (held === null) return null;
		const entry = { ...held, ...patch, version: held.version + 1 };
		show(entry);
		return entry;
	}

	async function change(id: string, patch: Partial<OutboxEntry>): Promise<OutboxEntry | null> {
		const entry = next(id, patch);
		if (entry === null) return null;
		const isKept = await inTime(core.clock, storage.putEntry(entry), true);
		if (find(id)?.stored !== null) return null;
		if (!isKept) forget(id);
		if (isStopped || !isKept) return null;
		tell({ entries: [entry] });
		return entry;
	}

	async function end(id: string): Promise<void> {
		if (isStopped) return;
		const ended = toOver(id);
		forget(id);
		await inTime(core.clock, endOnDisk(ended), undefined);
		tell({ over: [ended] });
	}

	/** Whoever leads sets right what another tab believes: it may have slept, or the disk was full. */
	function correct(entry: OutboxEntry): void {
		const held = find(entry.id);
		if (over.has(entry.id)) void end(entry.id);
		else if (held === null || isNewer(entry, held)) return;
		else if (isNewer(held, entry)) tell({ entries: [held] });
		// Two tabs changed it at once: one may be sending what the other gave another body.
		else if (held.firstBody === null && entry.firstBody !== null) {
			const { body, firstBody, bodyAt } = entry;
			void change(entry.id, { body, firstBody, bodyAt });
		} else if (held.state !== entry.state) void change(entry.id, {});
	}

	function hear(news: OutboxNews, isAll: boolean): void {
		if (isStopped) return;
		for (const { id, place } of news.over) {
			if (place !== null) places.learn(place);
			// What the server holds is shown until the rows show it, though its sending is over.
			if (find(id)?.stored) continue;
			forget(id);
		}
		for (const entry of news.entries) {
			if (core.store.getState().isLeader) correct(entry);
			show(entry);
		}
		const lacked = isAll ? lackedBy(news.entries, core.store.getState()) : [];
		if (lacked.length > 0) tell({ entries: lacked });
	}

	async function look(): Promise<void> {
		const read = await inTime(core.clock, storage.outbox(), { entries: [], over: [] });
		if (isStopped) return;
		hear(read, false);
		const lacked = lackedBy(read.entries, core.store.getState());
		for (const entry of lacked) void keep(entry).catch(() => undefined);
		tell({ entries: [...read.entries, ...lacked], over: read.over }, true);
		void storage.sweep(core.clock.now() - OVER_MS).catch(() => undefined);
	}

	return {
		find,
		placeOf: places.of,
		async add(entry) {
			if (isStopped || over.has(entry.id)) return;
			show(entry);
			tell({ entries: [entry] });
			await inTime(core.clock, storage.addEntry(entry), undefined);
		},
		change,
		async store(id, stored) {
			const { epoch } = core.store.getState();
			const entry = next(id, { state: "stored", stored, epoch });
			if (entry === null) return;
			await inTime(core.clock, keep(entry), undefined);
			tell({ entries: [entry] });
		},
		end,
		async hideWhile(ids, question) {
			for (const id of ids) {
				hidden.add(id);
				core.store.update((state) => dropEntry(state, id));
			}
			try {
				return await question;
			} finally {
				for (const id of ids) hidden.delete(id);
			}
		},
		forget,
		note: places.learnByRow,
		hear,
		look,
		stop() {
			isStopped = true;
		},
	};
}

/** Entries to be sent that are not among these, and whatever is of a later version here. */
function lackedBy(others: readonly OutboxEntry[], { outbox }: State): readonly OutboxEntry[] {
	const known = new Map(others.map((entry) => [entry.id, entry]));
	return outbox.filter((entry) => {
		const other = known.get(entry.id);
		return other === undefined ? entry.stored === null : isNewer(entry, other);
	});
}

/** A disk that refuses must not keep a message from being sent: it is kept in memory then. */
function inTime<T>(clock: Clock, write: Promise<T>, otherwise: T): Promise<T> {
	return new Promise((resolve) => {
		let cancel = clock.after(DISK_MS, () => {
			// Whoever wakes finds the time over, and what the disk said meanwhile comes next.
			cancel = clock.after(0, () => resolve(otherwise));
		});
		write
			.catch(() => otherwise)
			.then((answer) => {
				cancel();
				resolve(answer);
			});
	});
}
