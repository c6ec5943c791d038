/**
 * The texts of the chosen language: found by key, with the plural form its
 * grammar asks for, and the places filled.
 */
import { isLanguage, type Language } from "./languages";
import en from "./locales/en.json";

type Plural = "zero" | "one" | "two" | "few" | "many" | "other";
type WithoutPlural<Key> = Key extends `${infer Base}_${Plural}` ? Base : Key;

/** Every text of the client has a key here; the compiler knows them all. */
export type TextKey = WithoutPlural<keyof typeof en>;

type Values = Record<string, string | number>;

export type Translate = (key: TextKey, values?: Values) => string;

type Texts = Record<string, string>;

/** English stands in the bundle; the others are fetched when chosen. */
const LOCALES: Record<Exclude<Language, "en">, () => Promise<{ default: Texts }>> = {
	de: () => import("./locales/de.json"),
	es: () => import("./locales/es.json"),
	uk: () => import("./locales/uk.json"),
	ar: () => import("./locales/ar.json"),
};

let language: Language = "en";
let texts: Texts = en;
let rules = new Intl.PluralRules(language);
let spoken = inThisLanguage();
const readers = new Set<() => void>();

/** The language asked for last: one that arrives after another was asked for is not shown. */
let wanted: Language | null = null;

/** A page in English is better than none: a language that cannot be had keeps nobody out. */
export function startText(chosen: string | null): Promise<void> {
	return setLanguage(pickLanguage(chosen, navigator.languages)).catch(() => undefined);
}

export async function setLanguage(next: Language): Promise<void> {
	if (wanted === next) return;
	wanted = next;
	const found = await load(next).catch((error: unknown) => {
		// It may be chosen again.
		if (wanted === next) wanted = null;
		throw error;
	});
	if (wanted !== next) return;
	language = next;
	texts = found;
	rules = new Intl.PluralRules(next);
	spoken = inThisLanguage();
	document.documentElement.lang = next;
	document.documentElement.dir = next === "ar" ? "rtl" : "ltr";
	for (const notify of readers) notify();
}

/** The browser keeps what it has fetched once. */
async function load(next: Language): Promise<Texts> {
	return next === "en" ? en : (await LOCALES[next]()).default;
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
	return language;
}

/** The tag for `Intl`: Arabic with the digits the rest of the page uses. */
export function intlTag(): string {
	if (language === "ar") return "ar-u-nu-latn";
	// The browser's own region knows 12 or 24 hours; only the language is ours.
	return navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
}

/** What is counted stands under the key with its form; a text without forms is found as it is. */
export const translate: Translate = (key, values = {}) => {
	const { count } = values;
	const counted = typeof count === "number" ? texts[`${key}_${rules.select(count)}`] : undefined;
	return fill(counted ?? texts[key] ?? key, values);
};

/** A new function for each language, so that memoised parts redraw: the same text is another then. */
export function currentTranslate(): Translate {
	return spoken;
}

function inThisLanguage(): Translate {
	return (key, values) => translate(key, values);
}

/** A value is text, whatever marks it carries: it is neither filled again nor read as markup. */
function fill(text: string, values: Values): string {
	return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ""));
}

export function onLanguage(notify: () => void): () => void {
	readers.add(notify);
	return () => {
		readers.delete(notify);
	};
}
