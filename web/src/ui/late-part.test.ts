// @vitest-environment happy-dom
import { renderHook, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { latePart, useLatePart } from "./late-part";

it("is fetched before it is asked for, and is there at once wherever it is drawn again", async () => {
	const load = vi.fn(async () => "the pane");
	const part = latePart(load);
	const first = renderHook(() => useLatePart(part, false));
	expect(first.result.current).toBeNull();
	await waitFor(() => expect(first.result.current).toBe("the pane"));
	first.unmount();
	expect(renderHook(() => useLatePart(part, true)).result.current).toBe("the pane");
	expect(load).toHaveBeenCalledTimes(1);
});

it("is fetched again once it is asked for, when it could not be had", async () => {
	let isCutOff = true;
	const part = latePart(async () => {
		if (isCutOff) throw new Error("no network");
		return "the pane";
	});
	const { result, rerender } = renderHook(({ isWanted }) => useLatePart(part, isWanted), {
		initialProps: { isWanted: false },
	});
	await Promise.resolve();
	expect(result.current).toBeNull();
	isCutOff = false;
	rerender({ isWanted: true });
	await waitFor(() => expect(result.current).toBe("the pane"));
});

it("is let go of where it cannot be had, so that the next press asks again", async () => {
	const load = vi.fn(async (): Promise<string> => {
		throw new Error("no network");
	});
	const letGo = vi.fn();
	const part = latePart(load);
	const { rerender } = renderHook(({ isWanted }) => useLatePart(part, isWanted, letGo), {
		initialProps: { isWanted: false },
	});
	await Promise.resolve();
	expect(letGo).not.toHaveBeenCalled();
	rerender({ isWanted: true });
	await waitFor(() => expect(letGo).toHaveBeenCalledTimes(1));
	rerender({ isWanted: false });
	rerender({ isWanted: true });
	await waitFor(() => expect(letGo).toHaveBeenCalledTimes(2));
});

it("comes by itself once there is a network", async () => {
	let isCutOff = true;
	const part = latePart(async () => {
		if (isCutOff) throw new Error("no network");
		return "the pane";
	});
	const { result } = renderHook(() => useLatePart(part, true));
	await Promise.resolve();
	isCutOff = false;
	dispatchEvent(new Event("online"));
	await waitFor(() => expect(result.current).toBe("the pane"));
});
