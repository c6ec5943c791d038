// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { watched } from "./watched";

it("tells whoever watches, and no one who has left", () => {
	const count = watched(1);
	const stays = vi.fn();
	const leaves = vi.fn();
	count.watch(stays);
	count.watch(leaves)();
	count.write(2);
	expect(count.read()).toBe(2);
	expect(stays).toHaveBeenCalledOnce();
	expect(leaves).not.toHaveBeenCalled();
});

it("draws a component again with each change", () => {
	const count = watched(1);
	const { result } = renderHook(() => count.use());
	act(() => count.write(2));
	expect(result.current).toBe(2);
});
