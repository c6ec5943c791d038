import { describe, expect, it, vi } from "vitest";

vi.mock("@/ui/platform", () => ({
	isMod: (event: { ctrlKey: boolean }) => event.ctrlKey,
}));

import { enterAction, isComposingEnter } from "./send-key";

const enter = {
	key: "Enter",
	shiftKey: false,
	altKey: false,
	ctrlKey: false,
	metaKey: false,
	keyCode: 13,
	isComposing: false,
};

describe("Enter", () => {
	it("sends, and Shift+Enter does not", () => {
		expect(enterAction(enter, "enter", false)).toBe("send");
		expect(enterAction({ ...enter, shiftKey: true }, "enter", false)).toBe("newline");
	});

	it("breaks the line where Ctrl+Enter was chosen to send", () => {
		expect(enterAction(enter, "ctrl-enter", false)).toBe("newline");
		expect(enterAction({ ...enter, ctrlKey: true }, "ctrl-enter", false)).toBe("send");
	});

	it("breaks the line on touch keyboards, which have a button to send", () => {
		expect(enterAction(enter, "enter", true)).toBe("newline");
	});

	it("is nobody else's key", () => {
		expect(enterAction({ ...enter, key: "a" }, "enter", false)).toBe("none");
	});
});

describe("an input method's Enter", () => {
	it("is known by isComposing, by key code 229, and right after the composition", () => {
		expect(isComposingEnter({ ...enter, isComposing: true }, false)).toBe(true);
		expect(isComposingEnter({ ...enter, keyCode: 229 }, false)).toBe(true);
		expect(isComposingEnter(enter, true)).toBe(true);
		expect(isComposingEnter(enter, false)).toBe(false);
	});
});
