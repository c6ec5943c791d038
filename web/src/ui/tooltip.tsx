import { useEffect, useRef, useState } from "react";
import { placeLayer } from "./place";

const DELAY_MS = 500;

type Tip = { element: Element; text: string; keys: string | null };

/**
 * The one tooltip of the page: it names whatever carries `data-tip`, on hover
 * after a pause and on keyboard focus at once. Escape hides it.
 */
export function Tooltips() {
	const [tip, setTip] = useState<Tip | null>(null);
	const ref = useRef<HTMLDivElement>(null);

	useEffect(() => watch(setTip), []);
	useEffect(() => {
		const layer = ref.current;
		if (!layer || !tip) return;
		layer.showPopover();
		placeLayer(layer, { element: tip.element });
	}, [tip]);

	if (!tip) return null;
	return (
		<div ref={ref} popover="manual" className="layer layer--tip" aria-hidden="true">
			<span className="tip">
				{tip.text}
				{tip.keys && <kbd dir="ltr">{tip.keys}</kbd>}
			</span>
		</div>
	);
}

function watch(show: (tip: Tip | null) => void): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const hide = () => {
		clearTimeout(timer);
		show(null);
	};
	const ask = (target: EventTarget | null, delayMs: number) => {
		const element = target instanceof Element ? target.closest("[data-tip]") : null;
		hide();
		const text = element?.getAttribute("data-tip");
		if (!element || !text || element.getAttribute("aria-expanded") === "true") return;
		const keys = element.getAttribute("data-tip-keys");
		timer = setTimeout(() => element.isConnected && show({ element, text, keys }), delayMs);
	};
	const handleOver = (event: PointerEvent) =>
		event.pointerType === "mouse" && ask(event.target, DELAY_MS);
	const handleFocus = (event: FocusEvent) => {
		if (event.target instanceof Element && event.target.matches(":focus-visible"))
			ask(event.target, 0);
	};
	const handleKey = (event: KeyboardEvent) => event.key === "Escape" && hide();
	addEventListener("pointerover", handleOver);
	addEventListener("focusin", handleFocus);
	addEventListener("focusout", hide);
	addEventListener("pointerdown", hide, true);
	addEventListener("keydown", handleKey, true);
	addEventListener("scroll", hide, true);
	return () => {
		hide();
		removeEventListener("pointerover", handleOver);
		removeEventListener("focusin", handleFocus);
		removeEventListener("focusout", hide);
		removeEventListener("pointerdown", hide, true);
		removeEventListener("keydown", handleKey, true);
		removeEventListener("scroll", hide, true);
	};
}
