// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { STAY_MS } from "@/ui/toast";
import { deleteLater, parkDeletes, resumeDeletes, undoDelete } from "./undo-delete";

const doomed = { account: "ann", chat: "c", target: { seq: 3 } };

beforeEach(() => {
	vi.useFakeTimers();
	localStorage.clear();
});
afterEach(() => {
	vi.useRealTimers();
});

describe("a deletion that can be taken back", () => {
	it("is done when its time is over, and not before", () => {
		const commit = vi.fn();
		deleteLater("one", doomed, commit);
		vi.advanceTimersByTime(STAY_MS - 1);
		expect(commit).not.toHaveBeenCalled();
		vi.advanceTimersByTime(1);
		expect(commit).toHaveBeenCalledOnce();
		expect(localStorage.length).toBe(0);
	});

	it("is forgotten when it is taken back", () => {
		const commit = vi.fn();
		deleteLater("one", doomed, commit);
		undoDelete("one");
		vi.advanceTimersByTime(STAY_MS);
		expect(commit).not.toHaveBeenCalled();
		expect(localStorage.length).toBe(0);
	});

	it("is done with the page that goes, and once more by the next one of the account", () => {
		const commit = vi.fn();
		deleteLater("one", doomed, commit);
		dispatchEvent(new Event("pagehide"));
		expect(commit).toHaveBeenCalledOnce();
		const deleteMessage = vi.fn();
		resumeDeletes("bob", deleteMessage);
		vi.runAllTimers();
		expect(deleteMessage).not.toHaveBeenCalled();
		resumeDeletes("ann", deleteMessage);
		vi.runAllTimers();
		expect(deleteMessage).toHaveBeenCalledExactlyOnceWith("c", { seq: 3 });
		expect(localStorage.length).toBe(0);
	});

	it("waits for the next sign-in when one signs out", () => {
		const commit = vi.fn();
		deleteLater("one", doomed, commit);
		parkDeletes();
		vi.advanceTimersByTime(STAY_MS);
		expect(commit).not.toHaveBeenCalled();
		const deleteMessage = vi.fn();
		resumeDeletes("ann", deleteMessage);
		vi.runAllTimers();
		expect(deleteMessage).toHaveBeenCalledOnce();
	});

	it("is left to the tab that may still take it back", () => {
		const left = [["two", { ...doomed, dueAt: Date.now() + STAY_MS }]];
		localStorage.setItem("tidings.deletes", JSON.stringify(left));
		const deleteMessage = vi.fn();
		resumeDeletes("ann", deleteMessage);
		vi.advanceTimersByTime(STAY_MS - 1);
		localStorage.removeItem("tidings.deletes");
		vi.runAllTimers();
		expect(deleteMessage).not.toHaveBeenCalled();
	});
});
