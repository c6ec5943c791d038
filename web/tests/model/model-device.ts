/** A device with a disk and tabs: what survives when a tab does not. */
import type { Clock } from "@/sync/clock";
import { createSync, type SyncHost } from "@/sync/create-sync";
import { openMemory, type Storage } from "@/sync/persistence";
import type { TabMessage, TabsListener } from "@/sync/tabs";
import type { ModelNetwork } from "./model-network";

export type ModelDevice = {
	readonly who: string;
	readonly openTab: () => SyncHost;
	/** The tab with this index stops hearing the others, as one the browser has put to sleep. */
	readonly freeze: (index: number) => void;
	/** The same for a while; then it hears all of it. */
	readonly sleep: (tab: SyncHost, ms: number) => void;
	/** The tab leads, though another does. */
	readonly takeLead: (tab: SyncHost) => void;
	/** A full disk refuses whatever is written. */
	readonly setDiskFull: (isFull: boolean) => void;
	readonly isDiskFull: () => boolean;
	/** The tab is gone in the middle of whatever it did. */
	readonly crash: (tab: SyncHost) => void;
	/** What the device says of its network, which may be wrong. */
	readonly setNetwork: (isOn: boolean) => void;
	readonly tabs: readonly SyncHost[];
};

/** A disk that takes its time; what it has not done when the tab is gone it never does. */
function slowly(storage: Storage, clock: Clock, delay: () => number, isFull: () => boolean) {
	let tail: Promise<unknown> = Promise.resolve();
	let isCut = false;
	const pause = () => new Promise<void>((resolve) => clock.after(delay() / 2, resolve));
	const unlessCut = <T>(next: () => T | Promise<T>) =>
		isCut ? new Promise<T>(() => undefined) : next();
	function inTurn<T>(work: () => Promise<T>): Promise<T> {
		// Done, and only then heard of: a tab may be gone in between.
		const next = tail
			.then(pause)
			.then(() => unlessCut(work))
			.then((done) => pause().then(() => unlessCut(() => done)));
		tail = next.catch(() => undefined);
		return next;
	}
	function write<T>(work: () => Promise<T>): Promise<T> {
		return inTurn(() => (isFull() ? Promise.reject(new Error("no space left")) : work()));
	}
	const slow: Storage = {
		load: () => inTurn(storage.load),
		save: (batch) => write(() => storage.save(batch)),
		clearCache: () => inTurn(storage.clearCache),
		outbox: () => inTurn(storage.outbox),
		addEntry: (entry) => write(() => storage.addEntry(entry)),
		putEntry: (entry) => write(() => storage.putEntry(entry)),
		endEntry: (id, at) => write(() => storage.endEntry(id, at)),
		sweep: (before) => inTurn(() => storage.sweep(before)),
		wipe: () => inTurn(storage.wipe),
		close: storage.close,
	};
	return {
		slow,
		cut() {
			isCut = true;
		},
	};
}

type Member = {
	readonly tab: () => SyncHost | undefined;
	readonly listener: TabsListener;
	isGone: boolean;
	isDeaf: boolean;
	/** What it has yet to hear, while it sleeps. */
	unheard: TabMessage[] | null;
};

export function createModelDevice(
	who: string,
	clock: Clock,
	network: ModelNetwork,
	diskDelay?: () => number,
): ModelDevice {
	const disk = new Map<string, string>();
	const members: Member[] = [];
	const tabs: SyncHost[] = [];
	const cuts = new Map<SyncHost, () => void>();
	let storage: Promise<Storage> | null = null;
	let hasNetwork = true;
	let isFull = false;

	function lead(): void {
		const first = members.find((member) => !member.isGone);
		if (first !== undefined) first.listener.onLead();
	}

	function hear(member: Member, message: TabMessage): void {
		if (member.isGone || member.isDeaf) return;
		if (member.unheard !== null) member.unheard.push(message);
		else member.listener.onMessage(message);
	}

	/** The one who led before hears of it a moment later. */
	function takeLead(member: Member): void {
		const first = members.find((other) => !other.isGone);
		members.splice(members.indexOf(member), 1);
		members.unshift(member);
		member.listener.onLead();
		if (first === undefined || first === member) return;
		clock.after(1, () => {
			if (!first.isGone && members.find((other) => !other.isGone) !== first)
				first.listener.onFollow();
		});
	}

	return {
		who,
		tabs,
		openTab() {
			let cut = () => {};
			const tab: SyncHost = createSync({
				api: network.createApi(who),
				socket: network.createSocket(who),
				clock,
				async openStorage(account) {
					storage ??= openMemory(account);
					const mine = storage;
					// A database that is deleted is closed for whoever has it open.
					const kept = {
						...(await mine),
						async wipe() {
							if (storage === mine) storage = null;
						},
					};
					if (diskDelay === undefined) return kept;
					const disk = slowly(kept, clock, diskDelay, () => isFull);
					cut = disk.cut;
					return disk.slow;
				},
				joinTabs(_account, listener) {
					const unheard = null;
					const member: Member = {
						tab: () => tab,
						listener,
						isGone: false,
						isDeaf: false,
						unheard,
					};
					members.push(member);
					queueMicrotask(() => {
						if (members.find((other) => !other.isGone) === member) listener.onLead();
					});
					return {
						post(message: TabMessage) {
							if (member.isGone) return;
							for (const other of members) {
								if (other === member || other.isGone) continue;
								const copy = structuredClone(message);
								clock.after(1, () => hear(other, copy));
							}
						},
						takeLead: () => takeLead(member),
						leave() {
							const wasFirst = members.find((other) => !other.isGone) === member;
							member.isGone = true;
							if (wasFirst) queueMicrotask(lead);
						},
					};
				},
				disk: toKeyValue(disk),
				hasNetwork: () => hasNetwork,
				mayHaveLogin: () => true,
			});
			tabs.push(tab);
			cuts.set(tab, () => cut());
			void tab.actions.start();
			return tab;
		},
		freeze(index) {
			const member = members[index];
			if (member !== undefined) member.isDeaf = true;
		},
		sleep(tab, ms) {
			const member = members.find((other) => !other.isGone && other.tab() === tab);
			if (member === undefined || member.unheard !== null) return;
			member.unheard = [];
			clock.after(ms, () => {
				const unheard = member.unheard ?? [];
				member.unheard = null;
				for (const message of unheard) hear(member, message);
			});
		},
		takeLead(tab) {
			const member = members.find((other) => !other.isGone && other.tab() === tab);
			if (member !== undefined) takeLead(member);
		},
		setDiskFull(full) {
			isFull = full;
		},
		isDiskFull: () => isFull,
		setNetwork(isOn) {
			hasNetwork = isOn;
			for (const tab of tabs) tab.networkChanged(isOn);
		},
		crash(tab) {
			tabs.splice(tabs.indexOf(tab), 1);
			cuts.get(tab)?.();
			tab.stop();
		},
	};
}

export function toKeyValue(disk: Map<string, string>) {
	return {
		getItem: (key: string) => disk.get(key) ?? null,
		setItem: (key: string, value: string) => void disk.set(key, value),
		removeItem: (key: string) => void disk.delete(key),
		key: (index: number) => [...disk.keys()][index] ?? null,
		get length() {
			return disk.size;
		},
	};
}
