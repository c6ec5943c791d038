import { lazy, Suspense, useCallback, useState } from "react";

const EmojiPanel = lazy(() =>
	import("@/features/composer/emoji/emoji-panel").then((module) => ({
		default: module.EmojiPanel,
	})),
);

type Wanted = { beside: Element; onPick: (emoji: string) => void };

/** Every emoji beside a message, for when those at hand are not what one means. */
export function useReactionPicker() {
	const [wanted, setWanted] = useState<Wanted | null>(null);
	const open = useCallback(
		(beside: Element, onPick: Wanted["onPick"]) => setWanted({ beside, onPick }),
		[],
	);

	function close() {
		setWanted(null);
		// The bubble takes no focus; the row that it stands in does.
		wanted?.beside.closest<HTMLElement>("[data-rove]")?.focus({ preventScroll: true });
	}

	const panel = wanted && (
		<Suspense fallback={null}>
			<EmojiPanel opener={wanted.beside} onPick={wanted.onPick} onClose={close} />
		</Suspense>
	);
	return { open, panel };
}
