import { describe, expect, it } from "vitest";
import ar from "./locales/ar.json";
import de from "./locales/de.json";
import en from "./locales/en.json";
import es from "./locales/es.json";
import uk from "./locales/uk.json";
import { pickLanguage } from "./setup";

const LOCALES: Record<string, Record<string, string>> = { en, de, es, uk, ar };
const FORM = /_(zero|one|two|few|many|other)$/;

/** Names without their plural forms, and which of them have forms. */
function namesOf(locale: Record<string, string>) {
	const plain = new Set<string>();
	const plural = new Set<string>();
	for (const key of Object.keys(locale)) {
		if (FORM.test(key)) plural.add(key.replace(FORM, ""));
		else plain.add(key);
	}
	return { plain: [...plain].sort(), plural: [...plural].sort() };
}

/** The places a text leaves open and the parts it marks; every language must offer the same. */
function slotsOf(text: string): string[] {
	return [...text.matchAll(/\{\{(\w+)\}\}|<(\w+)>/g)].map((match) => match[0]).sort();
}

describe.each(Object.entries(LOCALES))("the texts in %s", (language, locale) => {
	it("name exactly what English names", () => {
		expect(namesOf(locale)).toEqual(namesOf(en));
	});

	it("have every plural form of the language and no other", () => {
		const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
		for (const name of namesOf(en).plural) {
			const found = Object.keys(locale)
				.filter((key) => FORM.test(key) && key.replace(FORM, "") === name)
				.map((key) => key.slice(name.length + 1))
				.sort();
			expect(found, name).toEqual(forms);
		}
	});

	it("leave the same places open", () => {
		for (const [key, text] of Object.entries(locale)) {
			const name = key.replace(FORM, "");
			const english = LOCALES.en?.[key] ?? LOCALES.en?.[`${name}_other`] ?? "";
			// A form for one or two may say the number in words.
			const isCounted = (slot: string) => slot !== "{{count}}";
			const wanted = FORM.test(key) ? slotsOf(english).filter(isCounted) : slotsOf(english);
			const given = FORM.test(key) ? slotsOf(text).filter(isCounted) : slotsOf(text);
			expect(given, key).toEqual(wanted);
		}
	});

	it("say something", () => {
		for (const [key, text] of Object.entries(locale)) expect(text.trim(), key).not.toBe("");
	});
});

describe("the texts", () => {
	it("are all said somewhere", () => {
		const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.*"], {
			query: "?raw",
			import: "default",
			eager: true,
		});
		const all = Object.values(sources).join("\n");
		const { plain, plural } = namesOf(en);
		const isSaid = (name: string) =>
			all.includes(`"${name}"`) || all.includes(`\`${name.slice(0, name.lastIndexOf(".") + 1)}$`);
		expect([...plain, ...plural].filter((name) => !isSaid(name))).toEqual([]);
	});
});

describe("choosing a language", () => {
	it("takes the chosen one before the browser's", () => {
		expect(pickLanguage("uk", ["de-AT", "en"])).toBe("uk");
	});

	it("takes the first of the browser's that there is", () => {
		expect(pickLanguage(null, ["fr-CA", "ar-EG", "en"])).toBe("ar");
		expect(pickLanguage("xx", ["fr"])).toBe("en");
	});
});
