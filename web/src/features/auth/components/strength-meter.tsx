import type { Strength } from "@/api/wire.gen";
import { durationOf } from "@/i18n/format";
import type { TextKey, Translate } from "@/i18n/setup";

/** Ten thousand guesses a second: a stolen, well-hashed password against a determined machine. */
const GUESSES_PER_SECOND_LOG10 = 4;
const AGES_LOG10_SECONDS = 11;

export function StrengthMeter({ strength }: { strength: Strength | null }) {
	return (
		<div className="meter" data-level={strength?.score ?? ""} aria-hidden="true">
			<i />
			<i />
			<i />
			<i />
		</div>
	);
}

/** The verdict beside the label, with a word and a colour. */
export function StrengthWord({ strength, t }: { strength: Strength | null; t: Translate }) {
	if (strength === null) return null;
	const score = Math.max(0, Math.min(4, strength.score));
	const tone = score >= 3 ? "ok" : score === 2 ? "warn" : "bad";
	return <span className={tone}>{t(`auth.strength.${score}` as TextKey)}</span>;
}

/** How long it would hold, as a sentence. */
export function strengthHint(strength: Strength | null, t: Translate): string {
	if (strength === null) return t("auth.signUp.passwordHint");
	const secondsLog10 = strength.guesses_log10 - GUESSES_PER_SECOND_LOG10;
	if (secondsLog10 < 0) return t("auth.strength.moment");
	if (secondsLog10 > AGES_LOG10_SECONDS) return t("auth.strength.ages");
	return t("auth.strength.time", { time: durationOf(10 ** secondsLog10) });
}
