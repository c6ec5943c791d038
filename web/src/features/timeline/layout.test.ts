import { describe, expect, it } from "vitest";
import type { Row } from "@/sync/types";
import { rowAt } from "../../../tests/model/rows";
import { layOut } from "./layout";

const NOON = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;

const said = (seq: number, sender: string, minutes: number): Row =>
	rowAt(seq, { sender, created_at: NOON + minutes * MINUTE });

const shapes = (rows: Row[], dividerAfter: number | null = null) =>
	layOut(rows, "me", dividerAfter).map((day) =>
		day.rows.map(({ isFirst, isLast, hasDivider }) =>
			[isFirst && "first", isLast && "last", hasDivider && "line"].filter(Boolean).join(" "),
		),
	);

describe("the layout of rows", () => {
	it("groups one author within five minutes", () => {
		expect(shapes([said(1, "ann", 0), said(2, "ann", 4), said(3, "ann", 9)])).toEqual([
			["first", "last", "first last"],
		]);
	});

	it("breaks groups between authors and days", () => {
		expect(
			shapes([said(1, "ann", 0), said(2, "me", 1), said(3, "me", 719), said(4, "me", 721)]),
		).toEqual([["first last", "first last", "first last"], ["first last"]]);
	});

	it("draws the unread line once, above the first unread row of another", () => {
		expect(
			shapes([said(1, "ann", 0), said(2, "ann", 1), said(3, "ann", 2), said(4, "ann", 3)], 2),
		).toEqual([["first", "last", "first line", "last"]]);
		expect(shapes([said(1, "ann", 0), said(2, "me", 1)], 1)).toEqual([
			["first last", "first last"],
		]);
	});
});
