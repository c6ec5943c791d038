import { describe, expect, it } from "vitest";
import { addDays, addMonths, clampDay, dayOfKey, weeksOf } from "./calendar";

const day = (year: number, month: number, date: number) =>
	new Date(year, month - 1, date).getTime();

describe("the calendar", () => {
	it("lays a month out in weeks that begin where the language begins them", () => {
		const november = weeksOf(day(2026, 11, 19), 1);
		expect(november).toHaveLength(6);
		expect(november[0]).toEqual([null, null, null, null, null, null, day(2026, 11, 1)]);
		expect(november[5]?.[0]).toBe(day(2026, 11, 30));
		expect(weeksOf(day(2026, 2, 1), 0)).toHaveLength(4);
		expect(weeksOf(day(2026, 11, 1), 6)[0]?.[1]).toBe(day(2026, 11, 1));
	});

	it("counts days over a change of the clock, and months over short ones", () => {
		expect(addDays(day(2026, 3, 28), 2)).toBe(day(2026, 3, 30));
		expect(addDays(day(2026, 10, 24), 2)).toBe(day(2026, 10, 26));
		expect(addMonths(day(2026, 1, 31), 1)).toBe(day(2026, 2, 28));
		expect(addMonths(day(2024, 2, 29), -12)).toBe(day(2023, 2, 28));
	});

	it("keeps to the days there are", () => {
		const [first, last] = [day(2026, 5, 3) + 50_000, day(2026, 5, 9) + 70_000];
		expect(clampDay(day(2026, 5, 1), first, last)).toBe(day(2026, 5, 3));
		expect(clampDay(day(2026, 6, 1), first, last)).toBe(day(2026, 5, 9));
	});

	it.each([
		["ArrowRight", false, day(2026, 11, 20)],
		["ArrowRight", true, day(2026, 11, 18)],
		["ArrowUp", false, day(2026, 11, 12)],
		["Home", false, day(2026, 11, 16)],
		["End", false, day(2026, 11, 22)],
		["PageUp", false, day(2026, 10, 19)],
		["x", false, null],
	] as const)("%s leads from a Thursday (right to left: %s)", (key, isRtl, to) => {
		expect(dayOfKey({ key, shiftKey: false }, day(2026, 11, 19), 1, isRtl)).toBe(to);
	});

	it("goes a year at a time with Shift", () => {
		const shifted = { key: "PageDown", shiftKey: true };
		expect(dayOfKey(shifted, day(2026, 11, 19), 1, false)).toBe(day(2027, 11, 19));
	});
});
