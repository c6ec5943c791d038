import { useSyncExternalStore } from "react";
import { currentTranslate, onLanguage, type Translate } from "./setup";

/** The texts of the current language; a new function when the language changes. */
export function useText(): Translate {
	return useSyncExternalStore(onLanguage, currentTranslate);
}
