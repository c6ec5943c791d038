import { describe, expect, it } from "vitest";
import { quickEmoji } from "./quick-emoji";

describe("the quick emoji", () => {
	it("are the usual six where nothing was picked yet", () => {
		expect(quickEmoji([])).toEqual(["👍", "❤️", "😂", "😮", "😢", "🙏"]);
	});

	it("are led by what was picked last, each once, and stay six", () => {
		expect(quickEmoji(["🚀", "❤️"])).toEqual(["🚀", "❤️", "👍", "😂", "😮", "😢"]);
		expect(quickEmoji(["a", "b", "c", "d"])).toEqual(["a", "b", "c", "👍", "❤️", "😂"]);
	});
});
