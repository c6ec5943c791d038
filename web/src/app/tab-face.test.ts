// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startText } from "@/i18n/setup";
import { createTabFace } from "./tab-face";

beforeEach(async () => {
	await startText("en");
	document.head.innerHTML = '<title>Tidings</title><link id="favicon" href="/favicon.svg">';
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const icon = () => document.getElementById("favicon") as HTMLElement;

describe("the face of the tab", () => {
	it("counts direct messages, and has a dot for others", () => {
		const face = createTabFace();
		face.follow({ direct: 3, other: 1 });
		vi.runAllTimers();
		expect(document.title).toContain("3");
		expect(icon().getAttribute("href")).toBe("/favicon-mention.svg");
		face.follow({ direct: 0, other: 1 });
		vi.runAllTimers();
		expect(document.title).toBe("Tidings");
		expect(icon().getAttribute("href")).toBe("/favicon-dot.svg");
	});

	it("says nothing of messages that are read as they come", () => {
		const change = vi.spyOn(icon(), "setAttribute");
		const face = createTabFace();
		for (let message = 0; message < 200; message++) {
			face.follow({ direct: 1, other: 0 });
			face.follow({ direct: 0, other: 0 });
			vi.advanceTimersByTime(15);
		}
		vi.runAllTimers();
		expect(change).not.toHaveBeenCalled();
		expect(document.title).toBe("Tidings");
	});

	it("changes a few times a second while messages stay unread, and ends with all of them", () => {
		const titles = new Set<string>();
		const face = createTabFace();
		for (let direct = 1; direct <= 200; direct++) {
			face.follow({ direct, other: 0 });
			vi.advanceTimersByTime(10);
			titles.add(document.title);
		}
		vi.runAllTimers();
		expect(titles.size).toBeLessThan(10);
		expect(document.title).toContain("200");
	});

	it("is plain again when nobody is here", () => {
		const face = createTabFace();
		face.follow({ direct: 3, other: 0 });
		vi.runAllTimers();
		face.follow({ direct: 4, other: 0 });
		face.close();
		vi.runAllTimers();
		expect(document.title).toBe("Tidings");
		expect(icon().getAttribute("href")).toBe("/favicon.svg");
	});
});
