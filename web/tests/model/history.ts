/** What may happen to a person's tabs, their server and what lies between, one step after the other. */
import fc from "fast-check";
import type { MineChange } from "@/sync/types";
import type { Faults } from "./model-network";

export const CHATS = ["c0", "c1", "c2"];

type WriteStep =
	| { kind: "send"; tab: number; chat: number }
	/** To a chat that one may have to leave. */
	| { kind: "send-joined"; tab: number }
	| { kind: "edit" | "delete"; tab: number; chat: number; seq: number }
	| { kind: "react"; tab: number; chat: number; seq: number; emoji: number }
	| { kind: "mine"; tab: number; chat: number; change: MineChange }
	| { kind: "draft"; tab: number; chat: number }
	/** The chat, as the tab holds it, for oneself. */
	| { kind: "delete-chat"; tab: number; chat: number };

/** What the person looks at. */
export type LookStep =
	| { kind: "read"; tab: number; chat: number; seq: number }
	| { kind: "open" | "close" | "older" | "newer" | "latest"; tab: number; chat: number }
	| { kind: "hold"; tab: number; chat: number; isHeld: boolean }
	| { kind: "jump"; tab: number; chat: number; seq: number };

/** What others do, and what becomes of chats. */
export type OtherStep =
	| { kind: "other-sends"; chat: number; count: number }
	/** `own-edits`: the person does, on another device. */
	| { kind: "other-edits" | "other-deletes" | "own-edits"; chat: number; seq: number }
	| { kind: "other-reacts" | "own-reacts"; chat: number; seq: number; emoji: number }
	| { kind: "own-mine"; chat: number; change: MineChange }
	| { kind: "other-edits-many" | "retitle"; chat: number }
	| { kind: "join" | "leave" };

/** What becomes of the connection, the tabs and what they stand on. */
export type DeviceStep =
	| { kind: "cut" | "open-tab" }
	| { kind: "crash" | "take-lead"; tab: number }
	| { kind: "crash-amid" | "reload-amid"; tab: number; chat: number; ms: number }
	| { kind: "sleep" | "sign-out"; tab: number; ms: number }
	| { kind: "down" | "disk-full" | "clock-jump" | "wait"; ms: number };

export type Step = WriteStep | LookStep | OtherStep | DeviceStep;

const tab = fc.nat({ max: 2 });
const chat = fc.nat({ max: CHATS.length - 1 });
const seq = fc.integer({ min: 1, max: 200 });

/** Few messages and few emoji, so that what is asked for meets. */
const few = fc.integer({ min: 1, max: 5 });
const emoji = fc.nat({ max: 3 });

function of<K extends Step["kind"]>(...kinds: K[]): fc.Arbitrary<K> {
	return fc.constantFrom(...kinds);
}

function often(weight: number, arbitrary: fc.Arbitrary<Step>) {
	return { weight, arbitrary };
}

const some = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(30), fc.constant(150));

const change: fc.Arbitrary<MineChange> = fc.oneof(
	fc.record({ pinned: fc.boolean() }),
	fc.record({ archived: fc.boolean() }),
	fc.record({ muted_until: fc.option(fc.nat({ max: 9 })) }),
	fc.record({ unread_seq: fc.option(fc.nat({ max: 9 })) }),
);

/** Another device may have seen more, or less, than any tab holds. */
const hidden = fc.record({ hidden_upto_seq: fc.oneof(few, fc.nat({ max: 200 })) });

const chatSteps = [
	often(6, fc.record({ kind: of("send"), tab, chat })),
	often(1, fc.record({ kind: of("send-joined"), tab })),
	often(5, fc.record({ kind: of("other-sends"), chat, count: some })),
	often(3, fc.record({ kind: of("other-edits", "other-deletes"), chat, seq })),
	often(1, fc.record({ kind: of("own-edits"), chat, seq: fc.integer({ min: 1, max: 5 }) })),
	often(3, fc.record({ kind: of("edit", "delete"), tab, chat, seq })),
	often(4, fc.record({ kind: of("react"), tab, chat, seq: few, emoji })),
	often(2, fc.record({ kind: of("other-reacts", "own-reacts"), chat, seq: few, emoji })),
	often(3, fc.record({ kind: of("mine"), tab, chat, change })),
	often(1, fc.record({ kind: of("draft"), tab, chat })),
	often(1, fc.record({ kind: of("own-mine"), chat, change })),
	often(1, fc.record({ kind: of("own-mine"), chat, change: hidden })),
	often(1, fc.record({ kind: of("delete-chat"), tab, chat })),
	often(1, fc.record({ kind: of("retitle"), chat })),
	often(1, fc.record({ kind: of("read"), tab, chat, seq })),
	often(4, fc.record({ kind: of("open", "close", "older", "newer", "latest"), tab, chat })),
	often(1, fc.record({ kind: of("jump"), tab, chat, seq })),
	often(1, fc.record({ kind: of("hold"), tab, chat, isHeld: fc.boolean() })),
	often(1, fc.record({ kind: of("join", "leave") })),
	often(1, fc.record({ kind: of("other-edits-many"), chat })),
];

const HOUR_MS = 3_600_000;

const deviceSteps = [
	often(1, fc.record({ kind: of("cut") })),
	often(1, fc.record({ kind: of("down"), ms: fc.nat({ max: 30_000 }) })),
	often(1, fc.record({ kind: of("crash"), tab })),
	often(
		2,
		fc.record({ kind: of("crash-amid", "reload-amid"), tab, chat, ms: fc.nat({ max: 60 }) }),
	),
	often(2, fc.record({ kind: of("open-tab") })),
	often(1, fc.record({ kind: of("take-lead"), tab })),
	often(1, fc.record({ kind: of("sleep"), tab, ms: fc.nat({ max: 20_000 }) })),
	often(1, fc.record({ kind: of("disk-full"), ms: fc.nat({ max: 5_000 }) })),
	often(1, fc.record({ kind: of("clock-jump"), ms: fc.integer({ min: -HOUR_MS, max: HOUR_MS }) })),
	often(1, fc.record({ kind: of("sign-out"), tab, ms: fc.nat({ max: 3_000 }) })),
	often(4, fc.record({ kind: of("wait"), ms: fc.nat({ max: 3_000 }) })),
];

export const history = fc.array(fc.oneof(...chatSteps, ...deviceSteps), {
	minLength: 5,
	maxLength: 40,
	size: "max",
});

/** Steps that break no connection. */
export function isQuiet({ kind }: Step): boolean {
	return !["cut", "down", "crash", "crash-amid", "reload-amid", "sign-out"].includes(kind);
}

export const faults: fc.Arbitrary<Faults> = fc.record({
	lostCall: fc.constantFrom(0, 0.1, 0.3),
	lostAnswer: fc.constantFrom(0, 0.1, 0.3),
	busy: fc.constantFrom(0, 0.1),
	dropped: fc.constantFrom(0, 0.1, 0.4),
	doubled: fc.constantFrom(0, 0.2),
	slowest: fc.constantFrom(0, 50, 900),
});
