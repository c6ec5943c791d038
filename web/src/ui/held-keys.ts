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
		const isDrawn = isHere && held.current.length > 0;
		if (!isAwaited && !isDrawn) {
			held.current = [];
			return;
		}
		const stop = holdKeys(held.current, () => leave.current());
		if (isAwaited) return stop;
		// Once it has the focus. Until then a key that is pressed comes after those before it.
		const timer = setTimeout(() => {
			stop();
			held.current.splice(0).forEach(pressAgain);
		});
		return () => {
			stop();
			clearTimeout(timer);
		};
	}, [isAwaited, isHere]);
}

/** Keeps keys from the page until the returned function is called. */
function holdKeys(held: KeyboardEvent[], letGo: () => void): () => void {
	function handleKey(event: KeyboardEvent) {
		if (event.isComposing || event.key === "Process") return;
		event.preventDefault();
		event.stopImmediatePropagation();
		if (event.key === "Escape") letGo();
		else held.push(event);
	}
	addEventListener("keydown", handleKey, true);
	addEventListener("pointerdown", letGo, true);
	return () => {
		removeEventListener("keydown", handleKey, true);
		removeEventListener("pointerdown", letGo, true);
	};
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
