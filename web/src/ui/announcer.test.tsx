// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Announcer, announce } from "./announcer";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	cleanup();
	vi.useRealTimers();
});

const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

describe("what is spoken", () => {
	it("comes once a second at most, and says what is true by then", () => {
		vi.setSystemTime(0);
		pass(60_000);
		const { container } = render(<Announcer />);
		let came = 0;
		const tell = () => {
			came++;
			announce(() => {
				const text = `${came} new`;
				came = 0;
				return text;
			});
		};
		act(tell);
		expect(screen.getByText("1 new")).toBeTruthy();
		act(tell);
		act(tell);
		act(tell);
		pass(500);
		expect(container.textContent).toBe("1 new");
		pass(500);
		expect(screen.getByText("3 new")).toBeTruthy();
	});
});
