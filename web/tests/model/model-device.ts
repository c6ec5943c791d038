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
	/** The tab is gone in the middle of whatever it did. */
	readonly crash: (tab: SyncHost) => void;
	/** What the device says of its network, which may be wrong. */
	readonly setNetwork: (isOn: boolean) => void;
	readonly tabs: readonly SyncHost[];
};

/** A disk that takes its time; what it has not done when the tab is gone it never does. */
function slowly(storage: Storage, clock: Clock, delay: () => number) {
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
	const slow: Storage = {
		load: () => inTurn(storage.load),
		save: (batch) => inTurn(() => storage.save(batch)),
		clearCache: () => inTurn(storage.clearCache),
		outbox: () => inTurn(storage.outbox),
		addEntry: (entry) => inTurn(() => storage.addEntry(entry)),
		putEntry: (entry) => inTurn(() => storage.putEntry(entry)),
		endEntry: (id, at) => inTurn(() => storage.endEntry(id, at)),
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

export function createModelDevice(
	who: string,
	clock: Clock,
	network: ModelNetwork,
	diskDelay?: () => number,
): ModelDevice {
	const disk = new Map<string, string>();
	const members: { listener: TabsListener; isGone: boolean; isDeaf: boolean }[] = [];
	const tabs: SyncHost[] = [];
	const cuts = new Map<SyncHost, () => void>();
	let storage: Promise<Storage> | null = null;
	let hasNetwork = true;

	function lead(): void {
		const first = members.find((member) => !member.isGone);
		if (first !== undefined) first.listener.onLead();
	}

	return {
		who,
		tabs,
		openTab() {
			let cut = () => {};
			const tab = createSync({
				api: network.createApi(who),
				socket: network.createSocket(who),
				clock,
				async openStorage(account) {
					storage ??= openMemory(account);
					if (diskDelay === undefined) return storage;
					const disk = slowly(await storage, clock, diskDelay);
					cut = disk.cut;
					return disk.slow;
				},
				joinTabs(_account, listener) {
					const member = { listener, isGone: false, isDeaf: false };
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
								clock.after(1, () => {
									if (!other.isGone && !other.isDeaf) other.listener.onMessage(copy);
								});
							}
						},
						takeLead() {
							const first = members.find((other) => !other.isGone);
							members.splice(members.indexOf(member), 1);
							members.unshift(member);
							first?.listener.onFollow();
							listener.onLead();
						},
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
