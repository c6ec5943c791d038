/**
 * The law of the store: whatever happens on the way, in the end every tab
 * shows what the server holds, and every message was stored once, in order.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "@/api/wire.gen";
import type { SyncHost } from "@/sync/create-sync";
import { isEmpty, selectTimeline, unreadOf } from "@/sync/selectors";
import { CHATS, faults, history, isQuiet, type Step } from "./model/history";
import { noFaults } from "./model/model-network";
import type { ModelServer } from "./model/model-server";
import { countOf, goOn, nameOf, run, type World } from "./model/world";

type Truth = { server: ModelServer; hasMarks: boolean };

/** A tab shows exactly what the server holds; lost receipts are forgiven where no sync followed. */
function expectSame({ server, hasMarks }: Truth, sync: SyncHost): void {
	const state = sync.getState();
	expect(state.session.status).toBe("live");
	expect(state.arev).toBe(server.arev("ann"));
	const mine = [...server.chats.values()].filter((chat) => chat.members.has("ann"));
	expect([...state.chats.keys()].sort()).toEqual(mine.map((chat) => chat.id).sort());
	for (const [id, held] of state.chats) {
		const { rev, seq, n, title, mine, ...truth } = server.chat("ann", id);
		expect(held).toMatchObject({ rev, seq, n, title, mine });
		expect(held.last_message).toEqual(truth.last_message);
		if (hasMarks) {
			expect([...held.members.values()].sort(byAccount)).toEqual(truth.members.sort(byAccount));
			expect(unreadOf(held)).toBe(truth.unread);
		}
		expectRows(server, sync, id);
	}
}

function byAccount(a: { account: string }, b: { account: string }): number {
	return a.account < b.account ? -1 : 1;
}

function expectRows(server: ModelServer, sync: SyncHost, id: string): void {
	const timeline = sync.getState().timelines.get(id);
	if (timeline === undefined) return;
	const truth = (server.chats.get(id)?.rows ?? []).map((row) =>
		row.sender === "ann" ? row : { ...row, client_id: null },
	);
	const hidden = server.chat("ann", id).mine.hidden_upto_seq;
	expect(Math.min(hidden + 1, ...timeline.bySeq.keys())).toBe(hidden + 1);
	expect(Math.min(hidden + 1, ...timeline.ranges.map(([from]) => from))).toBe(hidden + 1);
	for (const [from, to] of timeline.ranges) {
		const held = truth.slice(from - 1, to).map((row) => timeline.bySeq.get(row.seq));
		expect(held).toEqual(truth.slice(from - 1, to));
	}
	const { window } = timeline;
	if (window === null) return;
	const view = selectTimeline(sync.getState(), id);
	const shown = view.rows.filter((row) => row.state === "stored").map((row) => row.message);
	expect(shown).toEqual(truth.slice(window.from - 1, window.to ?? truth.length));
	expect(shown.length).toBeLessThanOrEqual(200);
}

function expectSentOnce(w: World): void {
	for (const id of CHATS) {
		const rows = w.server.chats.get(id)?.rows.filter((row) => row.sender === "ann") ?? [];
		const stored = rows.map((row) => row.client_id);
		const wanted = w.sent.filter(({ chat, id: one, isSafe }) => {
			// What was deleted before it was sent need not be.
			const mustBe = isSafe && !w.deleted.has(one);
			return chat === id && (mustBe || stored.includes(one));
		});
		const ids = wanted.map((message) => message.id);
		if (w.isOrdered) expect(stored).toEqual(ids);
		else expect(stored.toSorted()).toEqual(ids.toSorted());
	}
}

/** A change meets the message it was asked for, and no other. */
function expectOwnChanges(w: World): void {
	for (const chat of w.server.chats.values()) {
		for (const { sender, client_id, body, deleted_at } of chat.rows) {
			if (sender !== "ann") continue;
			if (deleted_at !== null) expect([...w.deleted.keys()]).toContain(client_id);
			else if (body.startsWith("edited")) expect(body).toMatch(`of ${client_id}`);
		}
	}
}

/** What she deleted, before it was sent or after, is there for nobody; but where it was refused, and is shown so. */
function expectDeletions(w: World): void {
	for (const { chat, id, isSafe } of w.taken) {
		const row = w.server.chats.get(chat)?.rows.find((it) => it.client_id === id);
		if (!isSafe || row === undefined || isHidden(w, chat, ({ seq }) => seq === row.seq)) continue;
		expect(row.deleted_at, `${id} in ${chat}`).not.toBeNull();
	}
}

/** Of a message that she has hidden nothing can be asked any more. */
function isHidden(w: World, chat: string, isRow: (row: Message) => boolean): boolean {
	const seq = w.server.chats.get(chat)?.rows.find(isRow)?.seq;
	return seq !== undefined && seq <= w.server.chat("ann", chat).mine.hidden_upto_seq;
}

/** No edit is done twice, none undoes a later one, and none is lost unless it was outdone or is shown as refused. */
function expectEditsOnce(w: World): void {
	const said = new Map<string, string[]>();
	for (const { clientId, body } of w.server.bodies)
		said.set(clientId, [...(said.get(clientId) ?? []), body]);
	for (const bodies of said.values()) {
		expect(bodies).toEqual([...new Set(bodies)]);
		const counts = bodies.map(countOf);
		if (w.isOrdered) expect(counts).toEqual(counts.toSorted((a, b) => a - b));
	}
	for (const { chat, id, body, isSafe } of w.edited) {
		if (isHidden(w, chat, (row) => row.client_id === id)) continue;
		const all = [
			...(said.get(id) ?? []),
			...w.edited.filter((e) => e.id === id).map((e) => e.body),
		];
		// Of several the last one is done, or shown as refused.
		const isOutdone = all.some((other) => countOf(other) > countOf(body));
		const isDone = said.get(id)?.includes(body) === true;
		if (!isSafe || isDone || isOutdone || w.deleted.has(id)) continue;
		for (const sync of w.device.tabs)
			expect(sync.getState().outbox).toContainEqual(
				expect.objectContaining({ body, state: "failed" }),
			);
	}
}

/** Of a message and an emoji the last wish stands, unless another device, a deletion or the limit was in the way. */
function expectReactions(w: World): void {
	if (!w.isOrdered) return;
	const last = new Map<string, World["reacted"][number]>();
	for (const wish of w.reacted) last.set(`${wish.id} ${wish.emoji}`, wish);
	for (const [name, { chat, id, emoji, on, isSafe }] of last) {
		const row = w.server.chats.get(chat)?.rows.find((it) => nameOf(chat, it.seq) === id);
		const isElsewhere = w.reactedElsewhere.has(name);
		if (!isSafe || isElsewhere || row === undefined || row.deleted_at !== null) continue;
		if (isHidden(w, chat, ({ seq }) => seq === row.seq)) continue;
		const held = row.reactions.find((it) => it.emoji === emoji);
		if (!w.refused.has(name)) expect(held?.accounts.includes("ann") ?? false).toBe(on);
	}
	for (const chat of w.server.chats.values())
		for (const { reactions } of chat.rows)
			for (const { count, accounts } of reactions) expect(new Set(accounts).size).toBe(count);
}

/** A chat that is deleted has no draft but what was written after. */
function expectNoDeadDrafts(sync: SyncHost): void {
	const { chats, drafts } = sync.getState();
	for (const [id, { hiddenUpTo }] of drafts) {
		const chat = chats.get(id);
		if (chat === undefined || !isEmpty(chat)) continue;
		expect(hiddenUpTo).toBeGreaterThanOrEqual(chat.mine.hidden_upto_seq);
	}
}

/**
 * Nothing waits. What was refused is shown so in a chat that was left, where a
 * tab or device changed what another had, and where it `mayFail`.
 */
function expectNothingWaits(w: World, mayFail: boolean): void {
	for (const sync of w.device.tabs) {
		const waiting = sync.getState().outbox.filter(({ state, chat, target, body }) => {
			const isMember = w.server.chats.get(chat)?.members.has("ann") === true;
			const clientId = target?.clientId ?? "";
			const askedAt = w.edited.find((edit) => edit.body === body)?.at ?? Number.POSITIVE_INFINITY;
			const isDeleted = (w.deleted.get(clientId) ?? Number.POSITIVE_INFINITY) <= askedAt;
			const isElsewhere = isDeleted || w.editedElsewhere.has(clientId) || !w.isOrdered;
			return state !== "failed" || (isMember && !isElsewhere && !mayFail);
		});
		expect(waiting).toEqual([]);
		expect(sync.getState().wishes.size).toBe(0);
		expectNoDeadDrafts(sync);
		expect(w.ended.get(sync) ?? 0).toBeLessThanOrEqual(w.signOuts);
	}
	expect(w.device.tabs.filter((sync) => sync.getState().isLeader)).toHaveLength(1);
}

/** The tab sleeps over the disk's answer about a body that an unsent message was given, and another tab writes on. */
const sleptOverEdit: Step[] = [
	{ kind: "sleep", tab: 0, ms: 5367 },
	{ kind: "open-tab" },
	{ kind: "send", tab: 0, chat: 1 },
	{ kind: "edit", tab: 0, chat: 1, seq: 1 },
	{ kind: "edit", tab: 1, chat: 1, seq: 1 },
	{ kind: "send", tab: 0, chat: 1 },
	{ kind: "send", tab: 0, chat: 1 },
	{ kind: "edit", tab: 0, chat: 0, seq: 1 },
	{ kind: "send", tab: 0, chat: 0 },
];

/** An edit is refused, for another device has hidden the message, which is heard of only later. */
const editedAsHidden: Step[] = [
	{ kind: "send", tab: 0, chat: 1 },
	{ kind: "edit", tab: 0, chat: 1, seq: 1 },
	{ kind: "other-edits", chat: 0, seq: 1 },
	{ kind: "open-tab" },
	{ kind: "own-mine", chat: 1, change: { hidden_upto_seq: 1 } },
	{ kind: "other-edits", chat: 0, seq: 1 },
	{ kind: "delete-chat", tab: 0, chat: 0 },
];

/** A tab that believes to lead gives a message another body while the one that does is sending it. */
const editedAsSent: Step[] = [
	{ kind: "open-tab" },
	{ kind: "sleep", tab: 0, ms: 498 },
	{ kind: "send", tab: 0, chat: 1 },
	{ kind: "take-lead", tab: 1 },
	{ kind: "edit", tab: 0, chat: 1, seq: 1 },
	{ kind: "other-edits-many", chat: 0 },
	{ kind: "other-edits", chat: 0, seq: 1 },
	{ kind: "edit", tab: 0, chat: 0, seq: 1 },
	{ kind: "sleep", tab: 0, ms: 0 },
];

/** A tab that believes to lead takes back a message while the one that does is sending it. */
const takenBackAsSent: Step[] = [
	{ kind: "open-tab" },
	{ kind: "sleep", tab: 0, ms: 5057 },
	{ kind: "send", tab: 0, chat: 1 },
	{ kind: "wait", ms: 1226 },
	{ kind: "delete-chat", tab: 0, chat: 0 },
	{ kind: "wait", ms: 2427 },
	{ kind: "other-reacts", chat: 0, seq: 1, emoji: 0 },
	{ kind: "wait", ms: 836 },
	{ kind: "delete", tab: 0, chat: 1, seq: 1 },
	{ kind: "other-edits", chat: 0, seq: 1 },
];

/** The tab sleeps over the disk's answer about another body, with which the next one to lead has sent the message. */
const sentAsEdited: Step[] = [
	{ kind: "sleep", tab: 0, ms: 5371 },
	{ kind: "open-tab" },
	{ kind: "send", tab: 1, chat: 0 },
	{ kind: "open", tab: 0, chat: 0 },
	{ kind: "send", tab: 0, chat: 2 },
	{ kind: "other-sends", chat: 0, count: 1 },
	{ kind: "edit", tab: 1, chat: 2, seq: 1 },
	{ kind: "edit", tab: 0, chat: 2, seq: 1 },
];

/** Two write in a chat while the tab sleeps, and a second one opens. */
const crossed = (ms: number): Step[] => [
	{ kind: "other-sends", chat: 0, count: 30 },
	{ kind: "sleep", tab: 0, ms },
	{ kind: "send", tab: 0, chat: 1 },
	{ kind: "edit", tab: 0, chat: 0, seq: 1 },
	{ kind: "other-edits", chat: 0, seq: 1 },
	{ kind: "latest", tab: 0, chat: 0 },
	{ kind: "send", tab: 0, chat: 0 },
	{ kind: "open-tab" },
	{ kind: "latest", tab: 0, chat: 0 },
];

/** The tab sleeps over the disk's answer as above, and the row of the message comes to the one that leads before the answer does. */
const editedAsSentRowFirst: Step[] = [
	...crossed(2017),
	{ kind: "hold", tab: 0, chat: 0, isHeld: false },
	{ kind: "other-edits", chat: 0, seq: 31 },
	{ kind: "take-lead", tab: 1 },
	{ kind: "send", tab: 0, chat: 0 },
	{ kind: "other-edits", chat: 0, seq: 31 },
	{ kind: "other-sends", chat: 1, count: 3 },
	{ kind: "mine", tab: 0, chat: 0, change: { unread_seq: null } },
	{ kind: "edit", tab: 0, chat: 0, seq: 32 },
];

/** The same, and whoever sends the message sleeps before it hears of either. */
const editedAsSenderSlept: Step[] = [
	...crossed(2528),
	{ kind: "clock-jump", ms: 0 },
	{ kind: "retitle", chat: 0 },
	{ kind: "hold", tab: 0, chat: 0, isHeld: false },
	{ kind: "other-edits", chat: 0, seq: 31 },
	{ kind: "take-lead", tab: 1 },
	{ kind: "send", tab: 0, chat: 2 },
	{ kind: "sleep", tab: 1, ms: 10_582 },
	{ kind: "mine", tab: 0, chat: 1, change: { archived: true } },
	{ kind: "other-reacts", chat: 2, seq: 1, emoji: 0 },
	{ kind: "send", tab: 0, chat: 0 },
	{ kind: "other-edits", chat: 0, seq: 31 },
	{ kind: "other-sends", chat: 1, count: 3 },
	{ kind: "mine", tab: 0, chat: 0, change: { unread_seq: null } },
	{ kind: "edit", tab: 0, chat: 1, seq: 1 },
];

/** The disk was full as the message came, not as its deletion did; the next one to lead hears of that first. */
const deletedUnheardOf: Step[] = [
	{ kind: "send", tab: 0, chat: 0 },
	{ kind: "disk-full", ms: 654 },
	{ kind: "delete-chat", tab: 0, chat: 0 },
	{ kind: "send", tab: 0, chat: 0 },
	{ kind: "send", tab: 0, chat: 1 },
	{ kind: "sleep", tab: 0, ms: 5981 },
	{ kind: "mine", tab: 0, chat: 0, change: { archived: false } },
	{ kind: "open-tab" },
	{ kind: "clock-jump", ms: 0 },
	{ kind: "read", tab: 0, chat: 0, seq: 1 },
	{ kind: "take-lead", tab: 0 },
	{ kind: "mine", tab: 0, chat: 1, change: { pinned: false } },
	{ kind: "delete", tab: 0, chat: 1, seq: 1 },
];

const runs = { numRuns: Number(process.env.PROPERTY_RUNS ?? 60) };
/** For as many runs as are asked for. */
const PATIENCE_MS = 60_000 + runs.numRuns * 250;

describe("the store", { timeout: PATIENCE_MS }, () => {
	it("shows what the server holds after any loss, doubling, overtaking, cut and crash", async () => {
		const law = fc.asyncProperty(fc.integer(), history, faults, async (seed, steps, trouble) => {
			const w = await run(seed, steps, trouble);
			w.network.cutAll();
			await w.clock.advance(60_000);
			for (const sync of w.device.tabs) expectSame({ server: w.server, hasMarks: true }, sync);
			// What the disk could not take note of may be asked for twice.
			expectNothingWaits(w, false);
			expectSentOnce(w);
			expectOwnChanges(w);
			expectDeletions(w);
			expectEditsOnce(w);
			expectReactions(w);
		});
		const late = { ...noFaults, slowest: 900 };
		const lossy = { ...noFaults, dropped: 0.4, doubled: 0.2, slowest: 50 };
		const shaky = { ...noFaults, lostCall: 0.1, lostAnswer: 0.1, dropped: 0.1 };
		await fc.assert(law, {
			...runs,
			examples: [
				[0, editedAsHidden, late],
				[0, sentAsEdited, lossy],
				[2080260064, deletedUnheardOf, shaky],
			],
		});
	});

	it("finds what it missed on a connection that never broke, within the check interval", async () => {
		const lossy = { ...noFaults, dropped: 0.5, doubled: 0.2, slowest: 900 };
		const law = fc.asyncProperty(fc.integer(), history, async (seed, steps) => {
			const w = await run(seed, steps.filter(isQuiet), lossy);
			for (const sync of w.device.tabs) expectSame({ server: w.server, hasMarks: false }, sync);
			expectSentOnce(w);
			expectDeletions(w);
			expectEditsOnce(w);
			expectReactions(w);
		});
		await fc.assert(law, {
			...runs,
			examples: [
				[0, sleptOverEdit],
				[0, editedAsSent],
				[-1112362295, editedAsSentRowFirst],
				[-1112362295, editedAsSenderSlept],
				[0, takenBackAsSent],
			],
		});
	});

	it("forgets what it held when a backup was restored", async () => {
		const histories = fc.tuple(history, history);
		const law = fc.asyncProperty(
			fc.integer(),
			histories,
			faults,
			async (seed, [before, after], trouble) => {
				const w = await run(seed, before, trouble);
				w.network.cutAll();
				w.server.restore();
				await goOn(w, after, trouble);
				w.network.cutAll();
				await w.clock.advance(60_000);
				for (const sync of w.device.tabs) expectSame({ server: w.server, hasMarks: true }, sync);
				// A change to a message that the backup lacks is refused, and shown so.
				expectNothingWaits(w, true);
				expectOwnChanges(w);
			},
		);
		await fc.assert(law, runs);
	});
});
