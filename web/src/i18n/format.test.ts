import { afterEach, describe, expect, it, vi } from "vitest";

const spoken = vi.hoisted(() => ({ tag: "" }));
vi.mock("./setup", () => ({ intlTag: () => spoken.tag }));

const MORNING = Date.UTC(2026, 2, 9, 8, 49);

/** The module as a page has it that is in this language, in a place with this habit. */
async function timeIn(tag: string, hourCycle: "h12" | "h23"): Promise<string> {
	spoken.tag = tag;
	vi.resetModules();
	const usual = new Intl.DateTimeFormat().resolvedOptions();
	vi.spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions").mockReturnValue({
		...usual,
		hourCycle,
	});
	const { timeOf } = await import("./format");
	// Some languages part the hour from its half of the day by a space that does not break.
	return timeOf(MORNING).replace(/\s/gu, " ");
}

describe("the time of day", () => {
	afterEach(() => vi.restoreAllMocks());

	it.each([
		["en-US", "h12", "8:49 AM"],
		["en-GB", "h23", "08:49"],
		["de", "h23", "08:49"],
		["es", "h23", "8:49"],
		["uk", "h23", "08:49"],
		["ar-u-nu-latn", "h12", "8:49 ص"],
	] as const)("is written in %s as people write it there", async (tag, habit, time) => {
		expect(await timeIn(tag, habit)).toBe(time);
	});
});
