import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { useText } from "@/i18n/use-text";
import { LIST_WIDTH, setLook, useLook } from "@/ui/look";

const STEP = 16;

/** The edge of the list: drag it, or focus it and use the arrows. */
export function ListResizer() {
	const t = useText();
	const { listWidth } = useLook();
	const start = useRef<{ x: number; width: number } | null>(null);
	const direction = () => (document.documentElement.dir === "rtl" ? -1 : 1);

	function handleMove(event: PointerEvent) {
		if (start.current)
			resize(start.current.width + (event.clientX - start.current.x) * direction());
	}

	function handleKey(event: KeyboardEvent) {
		const steps: Record<string, number> = {
			ArrowRight: STEP * direction(),
			ArrowLeft: -STEP * direction(),
		};
		const step = steps[event.key];
		if (step !== undefined) resize(listWidth + step);
		else if (event.key === "Home") resize(LIST_WIDTH.least);
		else if (event.key === "End") resize(LIST_WIDTH.most);
		else return;
		event.preventDefault();
	}

	return (
		// biome-ignore lint/a11y/useSemanticElements: a focusable separator is the pattern for a movable edge.
		<div
			className="resizer"
			role="separator"
			aria-orientation="vertical"
			aria-label={t("app.resizeList")}
			aria-valuemin={LIST_WIDTH.least}
			aria-valuemax={LIST_WIDTH.most}
			aria-valuenow={listWidth}
			tabIndex={0}
			onKeyDown={handleKey}
			onPointerDown={(event) => {
				start.current = { x: event.clientX, width: listWidth };
				event.currentTarget.setPointerCapture(event.pointerId);
			}}
			onPointerMove={handleMove}
			onPointerUp={() => {
				start.current = null;
			}}
			onDoubleClick={() => resize(LIST_WIDTH.usual)}
		/>
	);
}

function resize(width: number) {
	setLook({ listWidth: Math.round(Math.max(LIST_WIDTH.least, Math.min(width, LIST_WIDTH.most))) });
}
