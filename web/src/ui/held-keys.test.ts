// @vitest-environment happy-dom
import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useHeldKeys } from "./held-keys";

let typed = "";

beforeEach(() => {
	typed = "";
	vi.useFakeTimers();
	document.execCommand = (_command, _ui, letter) => {
		typed += letter;
		return true;
	};
});

afterEach(() => {
	vi.useRealTimers();
});

/** As the browser has it: a key that nobody keeps from the page is typed. */
function press(key: string): void {
	const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
	if (document.body.dispatchEvent(event)) typed += key;
}

function wait() {
	const letGo = vi.fn();
	const hook = renderHook(({ isAwaited, isHere }) => useHeldKeys(isAwaited, isHere, letGo), {
		initialProps: { isAwaited: true, isHere: false },
	});
	return { ...hook, letGo };
}

it("keeps the order of keys around the moment in which the layer is drawn", () => {
	const { rerender } = wait();
	press("b");
	expect(typed).toBe("");
	rerender({ isAwaited: false, isHere: true });
	press("o");
	vi.runAllTimers();
	press("b");
	expect(typed).toBe("bob");
});

it("drops the keys with the layer that never came", () => {
	const { rerender, letGo } = wait();
	press("b");
	press("Escape");
	expect(letGo).toHaveBeenCalledOnce();
	rerender({ isAwaited: false, isHere: false });
	vi.runAllTimers();
	press("o");
	expect(typed).toBe("o");
});
