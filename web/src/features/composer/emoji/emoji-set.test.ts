import { text as list } from "virtual:emoji/emoji-list";
import { describe, expect, it } from "vitest";
import { byCode, GROUPS, readSet, searchEmoji, withTone } from "./emoji-set";

const named = {
	en: import("virtual:emoji/emoji-en"),
	de: import("virtual:emoji/emoji-de"),
	es: import("virtual:emoji/emoji-es"),
	uk: import("virtual:emoji/emoji-uk"),
	ar: import("virtual:emoji/emoji-ar"),
};
const setOf = async (language: keyof typeof named) => readSet(list, (await named[language]).text);

describe("the emoji", () => {
	it.each(Object.keys(named) as (keyof typeof named)[])(
		"all have a name in %s",
		async (language) => {
			const set = await setOf(language);
			expect(set.all.length).toBeGreaterThan(1700);
			expect(set.all.filter((one) => one.name === "")).toEqual([]);
			expect(set.groups.map(({ group }) => group)).toEqual([...GROUPS]);
			for (const { emoji } of set.groups) expect(emoji.length).toBeGreaterThan(50);
		},
	);

	it.each([
		["en", "thumbs up", "👍"],
		["en", "joy", "😂"],
		["de", "herz", "❤️"],
		["es", "corazon", "❤️"],
		["uk", "сонце", "☀️"],
		["ar", "قلب", "❤️"],
		["de", "rocket", "🚀"],
	] as const)("in %s are found by “%s”", async (language, typed, wanted) => {
		const hits = searchEmoji(await setOf(language), typed, 27);
		expect(hits.map(({ emoji }) => emoji)).toContain(wanted);
	});

	it("come best first", async () => {
		const set = await setOf("en");
		expect(searchEmoji(set, "heart", 5)[0]?.emoji).toBe("❤️");
		// What is nearly written already comes first.
		expect(searchEmoji(set, "hear", 5)[0]?.emoji).toBe("❤️");
		expect(searchEmoji(set, "fir", 5)[0]?.emoji).toBe("🔥");
		expect(searchEmoji(set, "thum", 5)[0]?.emoji).toBe("👍");
		expect(searchEmoji(set, "smile", 5)[0]?.codes).toContain("smile");
		expect(searchEmoji(set, "  ", 5)).toEqual([]);
		expect(searchEmoji(set, "zzzz", 5)).toEqual([]);
	});

	it("have shortcodes", async () => {
		const set = await setOf("en");
		expect(byCode(set, "Tada")?.emoji).toBe("🎉");
		expect(byCode(set, "no_such_thing")).toBeUndefined();
	});

	it("take a tone of skin where they can", async () => {
		const set = await setOf("en");
		const toned = (emoji: string, tone: number) => {
			const one = set.byText.get(emoji);
			return one && withTone(one, tone);
		};
		expect(toned("👋", 0)).toBe("👋");
		expect(toned("👋", 3)).toBe("👋🏽");
		expect(toned("☝️", 5)).toBe("☝🏿");
		expect(toned("🚀", 5)).toBe("🚀");
	});
});
