import { expect, it } from "vitest";
import { foldedPlace } from "./fold";

const marked = (text: string, wanted: string) => {
	const place = foldedPlace(text, wanted);
	return place && `${text.slice(0, place[0])}[${text.slice(...place)}]${text.slice(place[1])}`;
};

it.each([
	["Ana Sofía Ferreira", "sofia", "Ana [Sofía] Ferreira"],
	["Ana Sofi\u0301a", "SOFÍA", "Ana [Sofi\u0301a]"],
	["Ana Sofi\u0301", "sofi", "Ana [Sofi\u0301]"],
	["Ana Sofía", "a s", "An[a S]ofía"],
	["Дмитро Коваленко", "коваленко ", "Дмитро [Коваленко]"],
	["İlker", "ilk", "[İlk]er"],
	["𝒜da 👩‍🚀 Bo", "bo", "𝒜da 👩‍🚀 [Bo]"],
	["Ana", "bo", null],
	["Ana", " ", null],
])("%s / %s", (text, wanted, expected) => {
	expect(marked(text, wanted)).toBe(expected);
});
