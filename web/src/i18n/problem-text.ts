import { isApiError, isOfflineError } from "@/api/client";
import { durationOf } from "./format";
import type { TextKey, Translate } from "./setup";

const CODES: Record<string, TextKey> = {
	"login.refused": "auth.signIn.refused",
	"code.wrong": "auth.code.wrong",
	"code.expired": "auth.code.expired",
	"code.too_many_tries": "auth.code.tooMany",
	"account.username_taken": "auth.signUp.usernameTaken",
	"password.token_invalid": "auth.reset.bad",
	"password.weak": "auth.signUp.passwordWeak",
	"message.changed": "timeline.changedMeanwhile",
	"reaction.too_many": "timeline.tooManyReactions",
	"reaction.too_many_own": "timeline.tooManyOwn",
};

/** What went wrong, for people: our words for codes we know, the server's for the rest. */
export function problemText(error: unknown, t: Translate): string {
	if (isOfflineError(error)) return t("error.offline");
	if (!isApiError(error)) return t("error.server");
	const known = CODES[error.code];
	if (known) return t(known);
	if (error.status === 429) return t("error.tooMany", { time: durationOf(error.retryAfter ?? 60) });
	if (error.status >= 500) return t("error.server");
	return error.message || t("error.server");
}

/** Why something that waited to be sent was refused; null where there are no words for it. */
export function refusalText(
	failure: { code: string; detail: string } | null,
	t: Translate,
): string | null {
	const known = failure && CODES[failure.code];
	return known ? t(known) : failure?.detail || null;
}

/** The field a refusal speaks of, when it names one. */
export function problemField(error: unknown): string | null {
	if (!isApiError(error)) return null;
	return error.code === "account.username_taken" ? "username" : error.field;
}
