import { describe, expect, it } from "vitest";
import type { Row } from "@/sync/types";
import { rowAt } from "../../../tests/model/rows";
import { copyOf, extended, NOTHING, ordered, refreshed, toggled } from "./selection";

const rows = [rowAt(1), rowAt(2), rowAt(3, { deleted_at: 5 }), rowAt(4), rowAt(5)];
const at = (index: number) => rows[index] as Row;
const keys = (selection: typeof NOTHING) => ordered(selection).map(({ key }) => key);

describe("choosing rows", () => {
	it("chooses one and lets it go again", () => {
		const one = toggled(NOTHING, at(1));
		expect(keys(one)).toEqual(["k2"]);
		expect(toggled(one, at(1))).toBe(NOTHING);
	});

	it("never chooses what is deleted", () => {
		expect(toggled(NOTHING, at(2))).toBe(NOTHING);
		expect(keys(extended(toggled(NOTHING, at(1)), rows, at(4)))).toEqual(["k2", "k4", "k5"]);
	});

	it("takes a range in either direction from the one chosen last", () => {
		const down = extended(toggled(NOTHING, at(0)), rows, at(1));
		expect(keys(down)).toEqual(["k1", "k2"]);
		expect(keys(extended(toggled(down, at(4)), rows, at(3)))).toEqual(["k1", "k2", "k4", "k5"]);
	});

	it("begins no range at a row that was let go", () => {
		const both = toggled(toggled(NOTHING, at(0)), at(3));
		expect(keys(extended(toggled(both, at(0)), rows, at(4)))).toEqual(["k4", "k5"]);
		expect(keys(extended(toggled(both, at(3)), rows, at(4)))).toEqual(["k1", "k5"]);
	});

	it("takes the row alone when the range's beginning is not shown", () => {
		const far = toggled(NOTHING, rowAt(9));
		expect(keys(extended(far, rows, at(0)))).toEqual(["k1", "k9"]);
		expect(keys(extended(NOTHING, rows, at(0)))).toEqual(["k1"]);
	});

	it("follows the rows: an edit is taken over, a deletion leaves, the unseen stay", () => {
		const chosen = toggled(toggled(toggled(NOTHING, at(0)), at(1)), rowAt(9));
		expect(refreshed(chosen, rows)).toBe(chosen);
		const now = refreshed(chosen, [rowAt(1, { body: "changed" }), rowAt(2, { deleted_at: 7 })]);
		expect(keys(now)).toEqual(["k1", "k9"]);
		expect(now.rows.get("k1")?.message.body).toBe("changed");
	});

	it("puts what has no place yet last", () => {
		const waiting = { ...rowAt(0, { created_at: 1 }), key: "waiting" };
		const chosen = toggled(toggled(toggled(NOTHING, waiting), at(4)), at(0));
		expect(keys(chosen)).toEqual(["k1", "k5", "waiting"]);
	});

	it("copies one as it is, and several with their heads", () => {
		const head = ({ message }: Row) => `Ann, ${message.seq}`;
		expect(copyOf([at(0)], head)).toBe("row 1");
		expect(copyOf([at(0), at(1)], head)).toBe("Ann, 1\nrow 1\n\nAnn, 2\nrow 2");
	});
});
