import { describe, expect, it } from "vitest";
import { shortcodeAt } from "./use-shortcode";

describe("the word after a colon", () => {
	it.each([
		[":ta", { from: 0, to: 3, word: "ta" }],
		["well :+1", { from: 5, to: 8, word: "+1" }],
		["(:сон", { from: 1, to: 5, word: "сон" }],
		["one\n:smi", { from: 4, to: 8, word: "smi" }],
	])("is found in “%s”", (text, word) => {
		expect(shortcodeAt(text, text.length)).toEqual(word);
	});

	it.each([":)", ":p", "at 12:30", "https://a", "note:this", "::", ""])(
		"is not seen in “%s”",
		(text) => {
			expect(shortcodeAt(text, text.length)).toBeNull();
		},
	);

	it("ends at the cursor", () => {
		expect(shortcodeAt(":tada and more", 3)).toEqual({ from: 0, to: 3, word: "ta" });
	});
});
