import { describe, expect, it } from "vitest";
import { messageAt } from "../../../tests/model/rows";
import { type Pages, withHeard } from "./hit-pages";

const message = (seq: number, body: string, rev = seq) => messageAt(seq, { body, rev });

const PAGES: Pages = {
	pages: [
		{
			words: "fer",
			next: "9",
			behind: false,
			messages: [message(12, "ferry"), message(9, "a ferry")],
		},
		{ words: "fer", next: null, behind: false, messages: [message(4, "the ferry")] },
	],
	pageParams: [null, "9"],
};

const shown = ({ pages }: Pages) =>
	pages.map(({ messages }) => messages.map(({ seq, body }) => `${seq} ${body}`));

describe("hits, once more is heard of them", () => {
	it("shows an edit where the words are still there", () => {
		const heard = withHeard(PAGES, message(9, "two ferries", 20));
		expect(shown(heard)).toEqual([["12 ferry", "9 two ferries"], ["4 the ferry"]]);
	});

	it("drops what no longer holds them", () => {
		const heard = withHeard(PAGES, message(4, "the train", 20));
		expect(shown(heard)).toEqual([["12 ferry", "9 a ferry"], []]);
	});

	it("drops what was deleted", () => {
		const heard = withHeard(PAGES, { ...message(12, "", 20), deleted_at: 5 });
		expect(shown(heard)).toEqual([["9 a ferry"], ["4 the ferry"]]);
	});

	it("stay the same for what is no hit, or is older than the hit", () => {
		expect(withHeard(PAGES, message(5, "ferry", 20))).toBe(PAGES);
		expect(withHeard(PAGES, message(9, "old words", 8))).toBe(PAGES);
		expect(withHeard(PAGES, { ...message(9, "elsewhere", 20), chat: "d" })).toBe(PAGES);
	});
});
