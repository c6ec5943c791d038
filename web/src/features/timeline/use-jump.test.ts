import { describe, expect, it } from "vitest";
import { lineBelow } from "./use-jump";

describe("where the press leads", () => {
	it("is the unread line while it lies below all that is in view", () => {
		expect(lineBelow(60, 40, 23)).toBe(61);
		expect(lineBelow(60, 40, 60)).toBe(61);
		expect(lineBelow(0, 3, 0)).toBe(1);
	});

	it("is the end once something below the line is in view, or lies above it", () => {
		expect(lineBelow(60, 39, 61)).toBeNull();
		expect(lineBelow(60, 20, 80)).toBeNull();
	});

	it("is the end where nothing is unread", () => {
		expect(lineBelow(null, 0, 23)).toBeNull();
		expect(lineBelow(60, 0, 23)).toBeNull();
	});
});
