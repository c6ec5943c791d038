/** One person's tabs before the model server, and how each step of a history happens to them. */
import type { SyncHost } from "@/sync/create-sync";
import { selectTimeline } from "@/sync/selectors";
import type { OutboxEntry } from "@/sync/types";
import { createFakeClock } from "./fake-clock";
import { CHATS, type DeviceStep, type LookStep, type OtherStep, type Step } from "./history";
import { createModelDevice } from "./model-device";
import { createModelNetwork, type Faults, noFaults } from "./model-network";
import { account, createModelServer } from "./model-server";

const PEOPLE = ["ann", "bob", "cat"];
/** The slowest write of the model's disk. */
const DISK_MS = 15;
/** Nobody is back at the sign-in page sooner. */
const SIGN_IN_MS = 3_000;

/**
 * `isSafe` is false when its tab was gone before its disk could have it, when
 * the disk refused it, or when somebody signed out since: then it may be lost,
 * but not doubled.
 */
type Sent = { chat: string; id: string; by: SyncHost; at: number; isSafe: boolean };

/** An edit of the message with this client id. */
type Edited = Sent & { body: string };

/** A wish for a reaction to the message of this name. */
type Reacted = Sent & { emoji: string; on: boolean };

const EMOJI = ["👍", "❤️", "😂", "🎉"];

/** A small generator of our own, so that one number replays a whole run. */
function randomFrom(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

function createWorld(seed: number) {
	const random = randomFrom(seed);
	const clock = createFakeClock(random);
	const server = createModelServer(clock.steady);
	const network = createModelNetwork(server, clock, random);
	const device = createModelDevice("ann", clock, network, () => random() * DISK_MS);
	for (const id of CHATS) server.addChat(id, ...PEOPLE);
	return {
		random,
		clock,
		server,
		network,
		device,
		sent: [] as Sent[],
		edited: [] as Edited[],
		reacted: [] as Reacted[],
		/** Messages and emoji, as the law names them, that another device of hers reacted with. */
		reactedElsewhere: new Set<string>(),
		/** The same, of reactions that the server refused. */
		refused: new Set<string>(),
		/** Client ids of messages that were edited on another device. */
		editedElsewhere: new Set<string>(),
		/** What she asked to delete, sent or not. */
		taken: [] as Sent[],
		/** Client ids of messages that somebody asked to delete, and when first. */
		deleted: new Map<string, number>(),
		/** Tabs may have sent without hearing each other. */
		isOrdered: true,
		wasDiskFull: false,
		signOuts: 0,
		/** Somebody asked to sign out and nobody has signed in since: what is sent may be deleted. */
		isLeaving: false,
		/** How often each tab was signed out. */
		ended: new Map<SyncHost, number>(),
		extra: 0,
	};
}

export type World = ReturnType<typeof createWorld>;

export async function run(seed: number, steps: readonly Step[], trouble: Faults): Promise<World> {
	const w = createWorld(seed);
	openTab(w);
	await w.clock.advance(2_000);
	await goOn(w, steps, trouble);
	return w;
}

/** Lets a history happen, and then everything that it set off. */
export async function goOn(w: World, steps: readonly Step[], trouble: Faults): Promise<void> {
	w.network.setFaults(trouble);
	for (const s of steps) {
		perform(w, s);
		// Two tabs agree on an order only when one has heard of the other's message.
		await w.clock.advance(2 + (s.kind === "wait" ? s.ms : w.random() * 300));
	}
	w.network.setFaults(noFaults);
	w.network.setDown(false);
	w.device.setDiskFull(false);
	await w.clock.advance(60_000);
	// A sign-out may have been told by a later tab, which shows so.
	signIn(w);
	await w.clock.advance(60_000);
}

function perform(w: World, s: Step): void {
	switch (s.kind) {
		case "send":
			send(w, tabOf(w, s.tab), chatOf(s.chat));
			break;
		case "send-joined": {
			const sync = tabOf(w, s.tab);
			const joined = [...(sync?.getState().chats.keys() ?? [])].find((id) => id.startsWith("x"));
			if (joined !== undefined) sync?.actions.sendMessage(joined, { body: "to those I joined" });
			break;
		}
		case "mine":
			tabOf(w, s.tab)?.actions.setMine(chatOf(s.chat), s.change);
			break;
		case "draft":
			tabOf(w, s.tab)?.actions.saveDraft(chatOf(s.chat), { body: `draft ${w.extra++}` });
			break;
		case "delete-chat": {
			const sync = tabOf(w, s.tab);
			const seq = sync?.getState().chats.get(chatOf(s.chat))?.seq ?? 0;
			sync?.actions.deleteChat(chatOf(s.chat), seq);
			break;
		}
		case "edit":
		case "delete":
			change(w, tabOf(w, s.tab), s);
			break;
		case "react":
			react(w, tabOf(w, s.tab), s);
			break;
		case "read":
		case "open":
		case "close":
		case "older":
		case "newer":
		case "latest":
		case "hold":
		case "jump":
			look(tabOf(w, s.tab), s);
			break;
		case "other-sends":
		case "other-edits":
		case "other-deletes":
		case "own-edits":
		case "other-reacts":
		case "own-reacts":
		case "own-mine":
		case "other-edits-many":
		case "retitle":
		case "join":
		case "leave":
			happenElsewhere(w, s);
			break;
		default:
			disturb(w, s);
	}
}

const chatOf = (index: number) => CHATS[index] ?? "c0";

function tabOf({ device }: World, index: number): SyncHost | undefined {
	return device.tabs[index % Math.max(1, device.tabs.length)];
}

/** What happens to the device. */
function disturb(w: World, s: DeviceStep): void {
	const { network, device, clock } = w;
	const tab = "tab" in s ? tabOf(w, s.tab) : undefined;
	switch (s.kind) {
		case "cut":
			network.cut("ann");
			break;
		case "down":
			network.setDown(true);
			network.cut("ann");
			clock.after(s.ms, () => network.setDown(false));
			break;
		case "crash":
			crash(w, tab);
			break;
		case "crash-amid":
		case "reload-amid":
			for (let message = 0; message < 3; message++) send(w, tab, chatOf(s.chat));
			clock.after(s.ms, () => {
				if (s.kind === "reload-amid") openTab(w);
				crash(w, tab);
			});
			break;
		case "open-tab":
			if (device.tabs.length < 3) openTab(w);
			break;
		case "take-lead":
			w.isOrdered = false;
			if (tab !== undefined) device.takeLead(tab);
			break;
		case "sleep":
			w.isOrdered = false;
			if (tab !== undefined) device.sleep(tab, s.ms);
			break;
		case "disk-full":
			fillDisk(w, s.ms);
			break;
		case "clock-jump":
			clock.jump(s.ms);
			break;
		case "sign-out":
			if (tab?.getState().me === null) break;
			w.signOuts++;
			w.isLeaving = true;
			for (const asked of all(w)) asked.isSafe = false;
			void tab?.actions.signOut();
			clock.after(SIGN_IN_MS + s.ms, () => signIn(w));
	}
}

function fillDisk(w: World, ms: number): void {
	w.wasDiskFull = true;
	w.device.setDiskFull(true);
	// What was written a moment ago may not have reached it yet.
	for (const asked of all(w)) if (asked.at >= w.clock.steady() - 20 * DISK_MS) asked.isSafe = false;
	w.clock.after(ms, () => w.device.setDiskFull(false));
}

/** Who was signed out signs in again, in every tab. */
function signIn(w: World): void {
	const out = w.device.tabs.filter((tab) => tab.getState().session.status === "signed-out");
	if (out.length > 0) {
		w.network.welcome("ann");
		w.isLeaving = false;
	}
	for (const tab of out) void tab.actions.signedIn(account("ann"));
}

function openTab(w: World): void {
	const tab = w.device.openTab();
	tab.onNotice((notice) => {
		if (notice.kind === "failed") noteRefusal(w, notice.entry);
		if (notice.kind !== "signed-out") return;
		w.ended.set(tab, (w.ended.get(tab) ?? 0) + 1);
		for (const asked of all(w)) asked.isSafe = false;
		w.clock.after(SIGN_IN_MS, () => signIn(w));
	});
}

function noteRefusal(w: World, { chat, target, reaction, error }: OutboxEntry): void {
	if (reaction !== null && error?.code === "reaction.too_many")
		w.refused.add(`${nameOf(chat, target?.seq ?? 0)} ${reaction.emoji}`);
}

/** The last tab stays, for somebody must be left to converge. */
function crash(w: World, gone: SyncHost | undefined): void {
	if (gone === undefined || w.device.tabs.length < 2 || !w.device.tabs.includes(gone)) return;
	w.device.crash(gone);
	// Each write waits for the ones before it; one that slept through a sign-out wrote to no disk.
	const wasTold = (w.ended.get(gone) ?? 0) >= w.signOuts;
	const unsure = wasTold ? w.clock.steady() - 20 * DISK_MS : 0;
	for (const asked of all(w)) if (asked.by === gone && asked.at >= unsure) asked.isSafe = false;
}

function send(w: World, by: SyncHost | undefined, chat: string): void {
	const id = by?.actions.sendMessage(chat, { body: `m${w.sent.length}` });
	// A tab that has not yet started refuses by giving no id.
	if (by === undefined || id === undefined || id === "") return;
	w.sent.push({ chat, id, ...askedNow(w, by) });
}

function askedNow(w: World, by: SyncHost) {
	return { by, at: w.clock.steady(), isSafe: !w.device.isDiskFull() && !w.isLeaving };
}

function all(w: World): readonly Sent[] {
	return [...w.sent, ...w.taken, ...w.edited, ...w.reacted];
}

/** Edits or deletes an own row: a stored one by its seq, a pending one by its client id. */
function change(
	w: World,
	sync: SyncHost | undefined,
	s: { kind: "edit" | "delete"; chat: number; seq: number },
): void {
	const id = chatOf(s.chat);
	const rows = sync === undefined ? [] : selectTimeline(sync.getState(), id).rows;
	const own = rows.filter((row) => row.message.sender === "ann" && row.message.deleted_at === null);
	const row = own[s.seq % Math.max(1, own.length)];
	if (row === undefined || sync === undefined) return;
	const { seq, client_id } = row.message;
	const target = row.state === "stored" ? { seq } : { clientId: client_id ?? "" };
	if (s.kind === "edit") {
		const body = toEdited(w.extra++, client_id);
		sync.actions.editMessage(id, target, body);
		w.edited.push({ chat: id, id: client_id ?? "", body, ...askedNow(w, sync) });
	} else {
		if (!w.deleted.has(client_id ?? "")) w.deleted.set(client_id ?? "", w.clock.steady());
		w.taken.push({ chat: id, id: client_id ?? "", ...askedNow(w, sync) });
		sync.actions.deleteMessage(id, target);
	}
}

/** Gives a stored row what it has not, or takes back what it has: as a press does. */
function react(
	w: World,
	sync: SyncHost | undefined,
	s: { chat: number; seq: number; emoji: number },
): void {
	const chat = chatOf(s.chat);
	if (sync === undefined) return;
	const rows = selectTimeline(sync.getState(), chat).rows;
	const stored = rows.filter(
		({ state, message }) => state === "stored" && message.deleted_at === null,
	);
	const row = stored[s.seq % Math.max(1, stored.length)];
	if (row === undefined) return;
	const emoji = EMOJI[s.emoji] ?? "";
	const { seq, reactions } = row.message;
	const on = !reactions.some((it) => it.emoji === emoji && it.accounts.includes("ann"));
	sync.actions.react(chat, seq, emoji, on);
	w.reacted.push({ chat, id: nameOf(chat, seq), emoji, on, ...askedNow(w, sync) });
}

export function nameOf(chat: string, seq: number): string {
	return `${chat} ${seq}`;
}

/** What the person has not hidden. */
function rowsOfAnn({ server }: World, chat: string) {
	const upTo = server.chat("ann", chat).mine.hidden_upto_seq;
	return server.chats.get(chat)?.rows.slice(upTo) ?? [];
}

/** Somebody gives what they have not, or takes back what they have. */
function reactElsewhere(w: World, s: { kind: string; chat: number; seq: number; emoji: number }) {
	const chat = chatOf(s.chat);
	const isOwn = s.kind === "own-reacts";
	const rows = isOwn ? rowsOfAnn(w, chat) : (w.server.chats.get(chat)?.rows ?? []);
	const row = rows.filter((row) => row.deleted_at === null).at(-s.seq);
	const emoji = EMOJI[s.emoji] ?? "";
	if (row === undefined) return;
	const who = isOwn ? "ann" : "bob";
	const held = row.reactions.find((it) => it.emoji === emoji);
	const isFull = held === undefined && row.reactions.length >= 3;
	if (isFull) return;
	if (isOwn) w.reactedElsewhere.add(`${nameOf(chat, row.seq)} ${emoji}`);
	const on = held?.accounts.includes(who) !== true;
	w.server.react(who, { chat, seq: row.seq, emoji, on });
}

/** Says of which message it is a version, and the how manieth edit of all. */
function toEdited(count: number, clientId: string | null): string {
	return `edited ${count} of ${clientId}`;
}

export function countOf(body: string): number {
	return Number(/^edited (\d+) of/.exec(body)?.[1] ?? -1);
}

function look(sync: SyncHost | undefined, s: LookStep): void {
	const chat = chatOf(s.chat);
	switch (s.kind) {
		case "read":
			sync?.actions.markRead(chat, s.seq);
			break;
		case "open":
			void sync?.actions.openChat(chat);
			break;
		case "close":
			sync?.actions.closeChat(chat);
			break;
		case "older":
			void sync?.actions.loadOlder(chat);
			break;
		case "newer":
			void sync?.actions.loadNewer(chat);
			break;
		case "latest":
			void sync?.actions.jumpToLatest(chat);
			break;
		case "hold":
			sync?.actions.holdRows(chat, s.isHeld);
			break;
		case "jump":
			void sync?.actions.jumpTo(chat, s.seq);
	}
}

/** What others do, and what becomes of chats. */
function happenElsewhere(w: World, s: OtherStep): void {
	const { server } = w;
	const rows = "chat" in s ? (server.chats.get(chatOf(s.chat))?.rows ?? []) : [];
	const edit = (row: (typeof rows)[number]) =>
		server.edit("bob", { ...row, body: `edited ${w.extra++}` });
	switch (s.kind) {
		case "other-sends":
			for (let i = 0; i < s.count; i++) {
				const body = `b${w.extra++}`;
				server.send("bob", { chat: chatOf(s.chat), client_id: body, body });
			}
			break;
		case "other-edits":
		case "other-deletes": {
			const row = rows[s.seq - 1];
			if (row?.sender !== "bob" || row.deleted_at !== null) break;
			if (s.kind === "other-edits") edit(row);
			else server.remove("bob", row);
			break;
		}
		case "own-edits": {
			const seen = rowsOfAnn(w, chatOf(s.chat));
			const own = seen.filter((row) => row.sender === "ann" && row.deleted_at === null);
			const row = own[s.seq % Math.max(1, own.length)];
			if (row === undefined) break;
			w.editedElsewhere.add(row.client_id ?? "");
			server.edit("ann", { ...row, body: toEdited(w.extra++, row.client_id), seen_rev: row.rev });
			break;
		}
		case "other-reacts":
		case "own-reacts":
			reactElsewhere(w, s);
			break;
		case "own-mine":
			server.setMine("ann", chatOf(s.chat), s.change);
			break;
		case "other-edits-many":
			for (const row of rows) if (row.sender === "bob" && row.deleted_at === null) edit(row);
			break;
		case "retitle":
			server.retitle(chatOf(s.chat), `title ${w.extra++}`);
			break;
		case "join": {
			const id = `x${w.extra++}`;
			server.addChat(id, ...PEOPLE);
			server.send("bob", { chat: id, client_id: id, body: "welcome" });
			break;
		}
		case "leave": {
			const id = [...server.chats.keys()].find((other) => other.startsWith("x"));
			const isIn = id !== undefined && server.chats.get(id)?.members.has("ann");
			if (isIn) server.removeMember(id, "ann");
		}
	}
}
