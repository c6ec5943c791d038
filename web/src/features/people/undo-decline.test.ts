// @vitest-environment happy-dom
import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { STAY_MS } from "@/ui/toast";
import { declineLater, forgetDeclines, undoDecline, useDeclined } from "./undo-decline";

const commit = vi.fn(async () => undefined);
const hidden = () => [...renderHook(useDeclined).result.current];

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	forgetDeclines();
	commit.mockClear();
	vi.useRealTimers();
});

describe("a request that is declined", () => {
	it("is out of sight at once, and declined when its time is over", async () => {
		declineLater("ann", commit);
		expect(hidden()).toEqual(["ann"]);
		vi.advanceTimersByTime(STAY_MS - 1);
		expect(commit).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		expect(commit).toHaveBeenCalledOnce();
		expect(hidden()).toEqual([]);
	});

	it("stays out of sight until the server has answered", async () => {
		let answer: () => void = () => undefined;
		declineLater("ann", () => new Promise<void>((resolve) => (answer = resolve)));
		vi.advanceTimersByTime(STAY_MS);
		expect(hidden()).toEqual(["ann"]);
		answer();
		await vi.advanceTimersByTimeAsync(0);
		expect(hidden()).toEqual([]);
	});

	it("is there again when it is taken back", () => {
		declineLater("ann", commit);
		undoDecline("ann");
		expect(hidden()).toEqual([]);
		vi.advanceTimersByTime(STAY_MS);
		expect(commit).not.toHaveBeenCalled();
	});

	it("is declined with the page that goes", () => {
		declineLater("ann", commit);
		dispatchEvent(new Event("pagehide"));
		expect(commit).toHaveBeenCalledOnce();
		vi.advanceTimersByTime(STAY_MS);
		expect(commit).toHaveBeenCalledOnce();
	});

	it("is nothing to whoever signs in next", () => {
		declineLater("ann", commit);
		forgetDeclines();
		vi.advanceTimersByTime(STAY_MS);
		expect(commit).not.toHaveBeenCalled();
	});
});
