import type { KeyboardEvent } from "react";
import { isMod } from "@/ui/platform";

export type SendKey = "enter" | "ctrl-enter";

type Pressed = Pick<
	KeyboardEvent,
	"key" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey" | "keyCode"
> & {
	isComposing: boolean;
};

/**
 * Whether this press of Enter confirms a candidate of an input method and so
 * must never send. Browsers disagree: some say `isComposing`, some send key
 * code 229, and Safari ends the composition before the key arrives.
 */
export function isComposingEnter(pressed: Pressed, justEnded: boolean): boolean {
	return pressed.isComposing || pressed.keyCode === 229 || justEnded;
}

/** What Enter does here. On touch keyboards it is a new line; the button sends. */
export function enterAction(
	pressed: Pressed,
	sendKey: SendKey,
	isTouch: boolean,
): "send" | "newline" | "none" {
	if (pressed.key !== "Enter") return "none";
	if (isMod(pressed)) return "send";
	if (pressed.shiftKey || pressed.altKey) return "newline";
	if (isTouch || sendKey === "ctrl-enter") return "newline";
	return "send";
}
