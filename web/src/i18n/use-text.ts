import { useMemo, useSyncExternalStore } from "react";
import { currentLanguage, onLanguage, type Translate, translate } from "./setup";

/** The texts of the current language; a new function when the language changes. */
export function useText(): Translate {
	const language = useSyncExternalStore(onLanguage, currentLanguage, () => "en" as const);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the identity must follow the language, so that memoised parts redraw.
	return useMemo<Translate>(() => (key, values) => translate(key, values), [language]);
}
