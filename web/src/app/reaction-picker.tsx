import { useCallback, useState } from "react";
import { latePart, useLatePart } from "@/ui/late-part";

const panelPart = latePart(() =>
	import("@/features/composer/emoji/emoji-panel").then((module) => module.EmojiPanel),
);

type Wanted = { beside: Element; onPick: (emoji: string) => void };

/** Every emoji beside a message, for when those at hand are not what one means. */
export function useReactionPicker() {
	const [wanted, setWanted] = useState<Wanted | null>(null);
	const EmojiPanel = useLatePart(panelPart, wanted !== null, close);
	const open = useCallback(
		(beside: Element, onPick: Wanted["onPick"]) => setWanted({ beside, onPick }),
		[],
	);

	function close() {
		setWanted(null);
		// The bubble takes no focus; the row that it stands in does.
		wanted?.beside.closest<HTMLElement>("[data-rove]")?.focus({ preventScroll: true });
	}

	const panel = wanted && EmojiPanel && (
		<EmojiPanel opener={wanted.beside} onPick={wanted.onPick} onClose={close} />
	);
	return { open, panel };
}
