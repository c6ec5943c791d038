import { Smile } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useText } from "@/i18n/use-text";
import { IconButton } from "@/ui/button";

const EmojiPanel = lazy(() =>
	import("./emoji-panel").then((module) => ({ default: module.EmojiPanel })),
);

/** Emoji are fetched when first asked for. */
export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
	const t = useText();
	const [opener, setOpener] = useState<Element | null>(null);
	return (
		<>
			<IconButton
				label={t("composer.emoji")}
				icon={Smile}
				aria-haspopup="dialog"
				aria-expanded={opener !== null}
				onClick={(event) => setOpener(opener ? null : event.currentTarget)}
			/>
			{opener && (
				<Suspense fallback={null}>
					<EmojiPanel opener={opener} onPick={onPick} onClose={() => setOpener(null)} />
				</Suspense>
			)}
		</>
	);
}
