import { useText } from "@/i18n/use-text";
import { Segmented } from "@/ui/choice";
import { setTone } from "@/ui/emoji-taste";
import type { Emoji } from "./emoji-set";

/** Readers say each with its tone, so the pictures are names enough. */
const TONES = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"].map((label, tone) => ({
	value: String(tone),
	label,
}));

/** What the pointed emoji is called and typed as, and the tone of skin. */
export function EmojiFoot({ emoji, tone }: { emoji: Emoji | null; tone: number }) {
	const t = useText();
	return (
		<div className="emoji__foot">
			{emoji ? (
				<p className="grow emoji__what" aria-hidden="true">
					<span className="clip">{emoji.name}</span>
					{emoji.codes[0] && (
						<span className="t2 clip">
							<bdi dir="ltr">:{emoji.codes[0]}:</bdi>
						</span>
					)}
				</p>
			) : (
				<span className="grow" />
			)}
			<Segmented
				look="chips"
				label={t("emoji.tone")}
				options={TONES}
				value={String(tone)}
				onChange={(value) => setTone(Number(value))}
			/>
		</div>
	);
}
