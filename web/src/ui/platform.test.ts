// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { latinKey } from "./platform";

describe("the key of a shortcut", () => {
	it.each([
		["K", "KeyK", "k"],
		// French: what the key writes counts, not where it lies.
		["a", "KeyQ", "a"],
		["ö", "Semicolon", "ö"],
		["л", "KeyK", "k"],
		["ن", "KeyK", "k"],
		["б", "Comma", ","],
		["ظ", "Slash", "/"],
		// Ukrainian: a dot lies where the slash does elsewhere, German: a dash.
		[".", "Slash", "/"],
		["-", "Slash", "-"],
		["Escape", "Escape", "escape"],
		["є", "Quote", "є"],
	])("%s on %s is %s", (key, code, wanted) => {
		expect(latinKey({ key, code })).toBe(wanted);
	});
});
