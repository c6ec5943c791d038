import { describe, expect, it } from "vitest";
import { snippetOf } from "./snippet";

const shown = (body: string, query: string) =>
	snippetOf(body, query)
		.map(({ text, isMarked }) => (isMarked ? `[${text}]` : text))
		.join("");

describe("the snippet of a hit", () => {
	it("marks what was searched for", () => {
		expect(shown("The ferry leaves at seven", "sev fer")).toBe("The [fer]ry leaves at [sev]en");
	});

	it("shows a message without its marks and in one line", () => {
		expect(shown("The **ferry**\nleaves\n```\nat seven\n```", "at ferry")).toBe(
			"The [ferry] leaves [at] seven",
		);
	});

	it("begins at a word near the first hit", () => {
		const body = `${"It was a long way there and back. ".repeat(4)}Then the ferry came.`;
		expect(shown(body, "ferry")).toBe("…there and back. Then the [ferry] came.");
	});

	it("begins at the hit where no space is near", () => {
		expect(shown(`${"前".repeat(60)}渡船来了`, "渡船")).toBe("…[渡船]来了");
	});

	it("is short however long the message is", () => {
		const text = shown("ferry ".repeat(2000), "ferry");
		expect(text.length).toBeLessThan(600);
		expect(text).toMatch(/^\[ferry\] \[ferry\]/);
	});

	it("shows the beginning where nothing can be marked", () => {
		expect(shown("```rust\nlet tide = 1;\n```", "rust")).toBe("let tide = 1;");
	});
});
