import { describe, expect, it } from "vitest";
import { hueOf, initialsOf } from "./avatar";

describe("initials", () => {
	it.each([
		["Ana Sofía Ferreira", "AF"],
		["  noor ", "N"],
		["Дмитро Коваленко", "ДК"],
		["Κατερίνα Δούκα", "ΚΔ"],
		["山田 葵", "山"],
		["ليلى منصور", "ل"],
		["“quoted” name", "QN"],
		["", "?"],
	])("of %j are %j", (name, initials) => {
		expect(initialsOf(name)).toBe(initials);
	});
});

describe("the hue", () => {
	it("is one of twelve, the same each time", () => {
		const id = "01932f5e-7a80-7000-8000-000000000001";
		expect(hueOf(id)).toBe(hueOf(id));
		const hues = new Set(Array.from({ length: 400 }, (_, index) => hueOf(`id-${index}`)));
		expect([...hues].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
	});
});
