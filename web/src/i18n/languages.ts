/** The languages of the client, each under its own name. */
export const LANGUAGES = {
	en: "English",
	de: "Deutsch",
	es: "Español",
	uk: "Українська",
	ar: "العربية",
} as const;

export type Language = keyof typeof LANGUAGES;

export function isLanguage(tag: string): tag is Language {
	return Object.hasOwn(LANGUAGES, tag);
}
