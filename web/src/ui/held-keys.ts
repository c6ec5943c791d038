import { useEffect, useRef } from "react";
import { flushSync } from "react-dom";

/**
 * Keys pressed for a layer that was asked for and is still on its way: held, and
 * pressed again once it is drawn. Otherwise they would act on the page below it,
 * and a name typed to find a chat would be sent to the one that is open.
 */
export function useHeldKeys(isAwaited: boolean, isHere: boolean, letGo: () => void): void {
	const held = useRef<KeyboardEvent[]>([]);
	const leave = useRef(letGo);
	leave.current = letGo;
	useEffect(() => {
		if (!isAwaited) {
			const keys = held.current.splice(0);
			if (isHere && keys.length > 0) setTimeout(() => keys.forEach(pressAgain));
			return;
		}
		const handleLeave = () => leave.current();
		function handleKey(event: KeyboardEvent) {
			if (event.isComposing || event.key === "Process") return;
			event.preventDefault();
			event.stopImmediatePropagation();
			if (event.key === "Escape") handleLeave();
			else held.current.push(event);
		}
		addEventListener("keydown", handleKey, true);
		addEventListener("pointerdown", handleLeave, true);
		return () => {
			removeEventListener("keydown", handleKey, true);
			removeEventListener("pointerdown", handleLeave, true);
		};
	}, [isAwaited, isHere]);
}

/** Each is done with before the next: Enter is for what the letters before it found. */
function pressAgain({ key, code, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): void {
	const target = document.activeElement ?? document.body;
	const modifiers = { altKey, ctrlKey, metaKey, shiftKey };
	const again = { key, code, ...modifiers, bubbles: true, cancelable: true };
	flushSync(() => {
		const isTaken = !target.dispatchEvent(new KeyboardEvent("keydown", again));
		const isLetter = key.length === 1 && !ctrlKey && !metaKey && !altKey;
		if (isLetter && !isTaken) document.execCommand("insertText", false, key);
	});
}
