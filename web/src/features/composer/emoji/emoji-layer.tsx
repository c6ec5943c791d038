import { type ReactNode, type RefObject, useEffect, useLayoutEffect } from "react";
import { createPortal } from "react-dom";
import { placeLayer } from "@/ui/place";

type Props = {
	ref: RefObject<HTMLDivElement | null>;
	opener: Element;
	onClose: () => void;
	children: ReactNode;
};

/** Over the page beside its button, until one presses elsewhere. */
export function EmojiLayer({ ref, opener, onClose, children }: Props) {
	useFloating(ref, opener, onClose);
	return createPortal(
		<div ref={ref} popover="manual" className="layer">
			{children}
		</div>,
		document.body,
	);
}

function useFloating(ref: RefObject<HTMLDivElement | null>, opener: Element, onClose: () => void) {
	useLayoutEffect(() => {
		const layer = ref.current;
		if (!layer) return;
		layer.showPopover();
		placeLayer(layer, { element: opener });
		// A finger would get its keyboard over the emoji it came for.
		const isTouch = matchMedia("(pointer: coarse)").matches;
		layer.querySelector<HTMLElement>(isTouch ? "[role=dialog]" : "input")?.focus();
	}, [opener, ref]);
	useEffect(() => {
		const handleOutside = (event: Event) => {
			const target = event.target as Node;
			if (!ref.current?.contains(target) && !opener.contains(target)) onClose();
		};
		addEventListener("pointerdown", handleOutside, true);
		addEventListener("resize", onClose);
		return () => {
			removeEventListener("pointerdown", handleOutside, true);
			removeEventListener("resize", onClose);
		};
	}, [onClose, opener, ref]);
}
