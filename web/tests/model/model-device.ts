/** A device with a disk and tabs: what survives when a tab does not. */
import type { Clock } from "@/sync/clock";
import { createSync, type SyncHost } from "@/sync/create-sync";
import { openMemory, type Storage } from "@/sync/persistence";
import type { Socket, SocketListener } from "@/sync/socket";
import type { TabMessage, TabsListener } from "@/sync/tabs";
import type { Over } from "@/sync/types";
import type { ModelNetwork } from "./model-network";
import { createTabClock, type TabClock, throughTab } from "./tab-clock";

export type ModelDevice = {
	readonly who: string;
	readonly openTab: () => SyncHost;
	/** The browser freezes the tab: what it waits for happens when it wakes. */
	readonly sleep: (tab: SyncHost, ms: number) => void;
	/** The tab leads, though another does. */
	readonly takeLead: (tab: SyncHost) => void;
	/** The database is held by somebody who never lets go: it opens for nobody. */
	readonly blockStorage: () => void;
	/** A full disk refuses whatever is written; whether it still deletes is left to chance. */
	readonly setDiskFull: (isFull: boolean, canForget?: boolean) => void;
	readonly isDiskFull: () => boolean;
	/** The tab is gone in the middle of whatever it did. */
	readonly crash: (tab: SyncHost) => void;
	/** Whatever is on the disk: keys, bodies in the outbox, saved chats. */
	readonly kept: () => Promise<readonly string[]>;
	/** What the device says of its network, which may be wrong. */
	readonly setNetwork: (isOn: boolean) => void;
	readonly tabs: readonly SyncHost[];
};

type Disk = {
	readonly delay: () => number;
	readonly isFull: () => boolean;
	readonly canForget: () => boolean;
};

/** A disk that takes its time; what it has not done when the tab is gone it never does. */
function slowly(storage: Storage, clock: Clock, disk: Disk) {
	let tail: Promise<unknown> = Promise.resolve();
	let isCut = false;
	const pause = () => new Promise<void>((resolve) => clock.after(disk.delay() / 2, resolve));
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
		return inTurn(() => (disk.isFull() ? Promise.reject(new Error("no space left")) : work()));
	}
	async function forget(over: Over): Promise<void> {
		await storage.endEntry({ ...over, overAt: -1 }, true);
		await storage.sweep(0);
	}
	const slow: Storage = {
		load: () => inTurn(storage.load),
		save: (batch) => write(() => storage.save(batch)),
		clearCache: () => inTurn(storage.clearCache),
		outbox: () => inTurn(storage.outbox),
		addEntry: (entry) => write(() => storage.addEntry(entry)),
		putEntry: (entry) => write(() => storage.putEntry(entry)),
		endEntry: (over, mayForget) =>
			inTurn(() => {
				if (!disk.isFull()) return storage.endEntry(over, mayForget);
				if (!mayForget || !disk.canForget()) throw new Error("no space left");
				return forget(over);
			}),
		takeBack: (over, known) => write(() => storage.takeBack(over, known)),
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

/** Events too wait for the tab to wake; those of a connection that it drops as it does come no more. */
function hearThroughTab(own: TabClock, socket: Socket): Socket {
	let current: SocketListener | null = null;
	return {
		...throughTab(own, socket),
		open(listener) {
			current = listener;
			const run = (task: () => void) =>
				own.run(() => {
					if (current === listener) task();
				});
			socket.open({
				onEvent: (event) => run(() => listener.onEvent(event)),
				onClose: (problem) => run(() => listener.onClose(problem)),
			});
		},
		close() {
			current = null;
			socket.close();
		},
	};
}

/** How long two tabs may both believe that they lead. */
const SHARED_LEAD_MS = 50;

type Member = {
	readonly login: string;
	readonly tab: () => SyncHost;
	readonly run: TabClock["run"];
	readonly listener: TabsListener;
	isGone: boolean;
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
	const clocks = new Map<SyncHost, TabClock>();
	let storage: Promise<Storage> | null = null;
	let hasNetwork = true;
	let isFull = false;
	let canForget = () => true;
	let isBlocked = false;

	const first = (login: string) =>
		members.find((member) => !member.isGone && member.login === login);

	/** Tells a tab that it leads; one that sleeps is first all the same. */
	function lead(member: Member | undefined): void {
		member?.run(() => {
			if (first(member.login) === member) member.listener.onLead();
		});
	}

	function hearDisk(tab: SyncHost, key: string): void {
		clock.after(1, () =>
			clocks.get(tab)?.run(() => {
				if (tabs.includes(tab)) tab.diskChanged(key);
			}),
		);
	}

	/** The one who led before hears of it a moment later. */
	function takeLead(member: Member): void {
		const before = first(member.login);
		members.splice(members.indexOf(member), 1);
		members.unshift(member);
		lead(member);
		if (before === undefined || before === member) return;
		clock.after(SHARED_LEAD_MS * clock.random(), () =>
			before.run(() => {
				if (!before.isGone && first(before.login) !== before) before.listener.onFollow();
			}),
		);
	}

	return {
		who,
		tabs,
		openTab() {
			const own = createTabClock(clock);
			let cut = () => {};
			const tell = (key: string) => {
				for (const other of tabs) if (other !== tab) hearDisk(other, key);
			};
			const tab: SyncHost = createSync({
				api: throughTab(own, network.createApi(who)),
				socket: hearThroughTab(own, network.createSocket(who)),
				clock: own,
				async openStorage(account) {
					if (isBlocked) return new Promise(() => undefined);
					storage ??= openMemory(account);
					const mine = storage;
					// A database that is deleted is closed for whoever has it open.
					const kept = {
						...(await mine),
						async wipe() {
							if (storage === mine) storage = null;
						},
					};
					if (diskDelay === undefined) return throughTab(own, kept);
					const slowed = slowly(kept, clock, {
						delay: diskDelay,
						isFull: () => isFull,
						canForget: () => canForget(),
					});
					cut = slowed.cut;
					return throughTab(own, slowed.slow);
				},
				joinTabs(login, listener) {
					const { run } = own;
					const member: Member = { login, tab: () => tab, run, listener, isGone: false };
					members.push(member);
					queueMicrotask(() => lead(member));
					return {
						post(message: TabMessage) {
							if (member.isGone) return;
							for (const other of members) {
								if (other === member || other.isGone || other.login !== login) continue;
								const copy = structuredClone(message);
								clock.after(1, () =>
									other.run(() => {
										if (!other.isGone) other.listener.onMessage(copy);
									}),
								);
							}
						},
						takeLead: () => takeLead(member),
						leave() {
							const wasFirst = first(login) === member;
							member.isGone = true;
							if (wasFirst) queueMicrotask(() => lead(first(login)));
						},
					};
				},
				disk: toKeyValue(disk, tell),
				hasNetwork: () => hasNetwork,
				mayHaveLogin: () => true,
			});
			tabs.push(tab);
			cuts.set(tab, () => cut());
			clocks.set(tab, own);
			void tab.actions.start();
			return tab;
		},
		sleep: (tab, ms) => clocks.get(tab)?.sleep(ms),
		takeLead(tab) {
			const member = members.find((other) => !other.isGone && other.tab() === tab);
			if (member !== undefined) takeLead(member);
		},
		blockStorage() {
			isBlocked = true;
		},
		setDiskFull(full, doesForget) {
			isFull = full;
			canForget = () => doesForget ?? clock.random() < 0.5;
		},
		isDiskFull: () => isFull,
		async kept() {
			const held = await storage;
			const entries = (await held?.outbox())?.entries ?? [];
			const chats = (await held?.load())?.chats ?? [];
			return [
				...disk.keys(),
				...entries.map((entry) => entry.body),
				...chats.map((chat) => chat.id),
			];
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

export function toKeyValue(disk: Map<string, string>, onWrite = (_key: string) => {}) {
	return {
		getItem: (key: string) => disk.get(key) ?? null,
		setItem(key: string, value: string) {
			disk.set(key, value);
			onWrite(key);
		},
		removeItem(key: string) {
			disk.delete(key);
			onWrite(key);
		},
		key: (index: number) => [...disk.keys()][index] ?? null,
		get length() {
			return disk.size;
		},
	};
}
