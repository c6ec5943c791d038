import { describe, expect, it } from "vitest";
import type { Row } from "@/sync/types";
import { layOut } from "./layout";

const NOON = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;

function rowAt(seq: number, sender: string, minutes: number): Row {
	return {
		key: `k${seq}`,
		state: "stored",
		pending: null,
		message: {
			chat: "c",
			seq,
			n: seq,
			rev: seq,
			sender,
			client_id: null,
			kind: "text",
			body: "x",
			reply_to_seq: null,
			attachments: [],
			reactions: [],
			edited_at: null,
			deleted_at: null,
			created_at: NOON + minutes * MINUTE,
		},
	};
}

const shapes = (rows: Row[], dividerAfter: number | null = null) =>
	layOut(rows, "me", dividerAfter).map((day) =>
		day.rows.map(({ isFirst, isLast, hasDivider }) =>
			[isFirst && "first", isLast && "last", hasDivider && "line"].filter(Boolean).join(" "),
		),
	);

describe("the layout of rows", () => {
	it("groups one author within five minutes", () => {
		expect(shapes([rowAt(1, "ann", 0), rowAt(2, "ann", 4), rowAt(3, "ann", 9)])).toEqual([
			["first", "last", "first last"],
		]);
	});

	it("breaks groups between authors and days", () => {
		expect(
			shapes([rowAt(1, "ann", 0), rowAt(2, "me", 1), rowAt(3, "me", 719), rowAt(4, "me", 721)]),
		).toEqual([["first last", "first last", "first last"], ["first last"]]);
	});

	it("draws the unread line once, above the first unread row of another", () => {
		expect(
			shapes([rowAt(1, "ann", 0), rowAt(2, "ann", 1), rowAt(3, "ann", 2), rowAt(4, "ann", 3)], 2),
		).toEqual([["first", "last", "first line", "last"]]);
		expect(shapes([rowAt(1, "ann", 0), rowAt(2, "me", 1)], 1)).toEqual([
			["first last", "first last"],
		]);
	});
});
