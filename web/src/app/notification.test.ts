// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setLook } from "@/ui/look";
import { closeNotification, notifyOf } from "./notification";

let shown: { tag: string; body: string }[] = [];

class Shown {
	static readonly permission = "granted";
	onclose: (() => void) | null = null;
	onclick: (() => void) | null = null;
	constructor(_title: string, options: { tag: string; body: string }) {
		shown.push({ tag: options.tag, body: options.body });
	}
	close() {
		this.onclose?.();
	}
}

const tell = (chat: string, body: string) =>
	notifyOf({ chat, name: "Bob", body, onOpen: () => undefined });

beforeEach(() => {
	shown = [];
	setLook({ hasNotifications: true });
	vi.useFakeTimers();
	vi.stubGlobal("Notification", Shown);
	vi.spyOn(document, "hasFocus").mockReturnValue(false);
});
afterEach(() => {
	vi.runAllTimers();
	vi.useRealTimers();
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

it("tells of the first message at once, and of the newest once a second", () => {
	for (let message = 1; message <= 250; message++) {
		tell("c", `news ${message}`);
		vi.advanceTimersByTime(10);
	}
	vi.runAllTimers();
	expect(shown[0]?.body).toBe("news 1");
	expect(shown.length).toBeLessThanOrEqual(4);
	expect(shown.at(-1)?.body).toBe("news 250");
});

it("lets no chat wait for another", () => {
	tell("c", "one");
	tell("d", "two");
	expect(shown.map(({ tag }) => tag)).toEqual(["c", "d"]);
});

it("keeps what waits to itself when somebody has come to look", () => {
	tell("c", "one");
	tell("c", "two");
	vi.spyOn(document, "hasFocus").mockReturnValue(true);
	closeNotification("c");
	vi.runAllTimers();
	expect(shown.map(({ body }) => body)).toEqual(["one"]);
});
