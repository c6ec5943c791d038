import { useText } from "@/i18n/use-text";
import { plainText } from "@/lib/text";
import { selectMember } from "@/sync/selectors";
import { useSync } from "@/sync/use-sync";

type Props = { chat: string; seq: number; onJump: () => void };

/** What a message answers; the whole block leads there. */
export function Quote({ chat, seq, onJump }: Props) {
	const t = useText();
	const quoted = useSync((state) => state.timelines.get(chat)?.bySeq.get(seq) ?? null);
	const author = useSync((state) => {
		if (quoted === null) return null;
		if (quoted.sender === state.me?.id) return "me";
		return selectMember(state, chat, quoted.sender)?.name ?? null;
	});
	const text =
		quoted === null ? t("timeline.quoteFar") : plainText(quoted.body) || t("timeline.quoteGone");
	return (
		<button type="button" className="quote" data-tip={t("timeline.quoteJump")} onClick={onJump}>
			{author && (
				<b className="clip" dir="auto">
					{author === "me" ? t("timeline.you") : author}
				</b>
			)}
			<span className="clip" dir="auto">
				{text}
			</span>
		</button>
	);
}
