import { describe, expect, it } from "vitest";
import { isFewEmoji } from "./few-emoji";

describe("a few emoji and nothing else", () => {
	it.each(["🙏", "👍🏽", "❤️", "☝🏿", "🎉 🎉", "🇳🇴", "👩🏽‍🚀🚀", "👨‍👩‍👧‍👦", "1️⃣", "😂😂😂", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"])(
		"are %s",
		(body) => {
			expect(isFewEmoji(body)).toBe(true);
		},
	);

	it.each(["", "1", "12", "#", "ok 🙏", "😂😂😂😂", "©", ":)", "🙏."])("are not %s", (body) => {
		expect(isFewEmoji(body)).toBe(false);
	});
});
