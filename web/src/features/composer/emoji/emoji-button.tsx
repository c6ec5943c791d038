import { Smile } from "lucide-react";
import { useState } from "react";
import { useText } from "@/i18n/use-text";
import { IconButton } from "@/ui/button";
import { latePart, useLatePart } from "@/ui/late-part";

const panelPart = latePart(() => import("./emoji-panel").then((module) => module.EmojiPanel));

export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
	const t = useText();
	const [opener, setOpener] = useState<Element | null>(null);
	const close = () => setOpener(null);
	const EmojiPanel = useLatePart(panelPart, opener !== null, close);
	return (
		<>
			<IconButton
				label={t("composer.emoji")}
				icon={Smile}
				aria-haspopup="dialog"
				aria-expanded={opener !== null}
				onClick={(event) => setOpener(opener ? null : event.currentTarget)}
			/>
			{opener && EmojiPanel && <EmojiPanel opener={opener} onPick={onPick} onClose={close} />}
		</>
	);
}
