import i18next from "i18next";
import { isLanguage, type Language } from "./languages";
import en from "./locales/en.json";

type Plural = "zero" | "one" | "two" | "few" | "many" | "other";
type WithoutPlural<Key> = Key extends `${infer Base}_${Plural}` ? Base : Key;

/** Every text of the client has a key here; the compiler knows them all. */
export type TextKey = WithoutPlural<keyof typeof en>;

export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

const i18n = i18next.createInstance();

/** English stands in the bundle; the others are fetched when chosen. */
const LOCALES: Record<
	Exclude<Language, "en">,
	() => Promise<{ default: Record<string, string> }>
> = {
	de: () => import("./locales/de.json"),
	es: () => import("./locales/es.json"),
	uk: () => import("./locales/uk.json"),
	ar: () => import("./locales/ar.json"),
};

/** The language asked for last: one that arrives after another was asked for is not shown. */
let wanted: Language | null = null;

export async function startText(chosen: string | null): Promise<void> {
	await i18n.init({
		lng: "en",
		fallbackLng: "en",
		// Keys are whole names with dots in them, not paths.
		keySeparator: false,
		nsSeparator: false,
		// React escapes what it draws.
		interpolation: { escapeValue: false },
		resources: { en: { translation: en } },
	});
	await setLanguage(pickLanguage(chosen, navigator.languages));
}

export async function setLanguage(language: Language): Promise<void> {
	if (wanted === language) return;
	wanted = language;
	if (language !== "en" && !i18n.hasResourceBundle(language, "translation")) {
		const locale = await LOCALES[language]().catch((error: unknown) => {
			// It may be chosen again.
			if (wanted === language) wanted = null;
			throw error;
		});
		i18n.addResourceBundle(language, "translation", locale.default);
	}
	if (wanted !== language) return;
	await i18n.changeLanguage(language);
	document.documentElement.lang = language;
	document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
}

/** The chosen language, or the first the browser prefers that we have. */
export function pickLanguage(chosen: string | null, preferred: readonly string[]): Language {
	if (chosen !== null && isLanguage(chosen)) return chosen;
	for (const tag of preferred) {
		const base = tag.split("-")[0] ?? "";
		if (isLanguage(base)) return base;
	}
	return "en";
}

export function currentLanguage(): Language {
	return isLanguage(i18n.language) ? i18n.language : "en";
}

/** The tag for `Intl`: Arabic with the digits the rest of the page uses. */
export function intlTag(): string {
	const language = currentLanguage();
	if (language === "ar") return "ar-u-nu-latn";
	// The browser's own region knows 12 or 24 hours; only the language is ours.
	return navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
}

export const translate: Translate = (key, values) => i18n.t(key, values ?? {});

export function onLanguage(notify: () => void): () => void {
	i18n.on("languageChanged", notify);
	return () => i18n.off("languageChanged", notify);
}
