import { describe, expect, it } from "vitest";
import { holdsWords, isSearchable, marksIn } from "./words";

/** The text with what was found between brackets. */
function marked(text: string, query: string): string {
	let from = 0;
	let out = "";
	for (const [begin, end] of marksIn(text, query)) {
		out += `${text.slice(from, begin)}[${text.slice(begin, end)}]`;
		from = end;
	}
	return out + text.slice(from);
}

describe("words in a text", () => {
	it.each([
		["The ferry leaves at seven", "fer", "The [fer]ry leaves at seven"],
		["transfer to the ferry", "fer", "transfer to the [fer]ry"],
		["Ferry, FERRY and ferryman", "ferry", "[Ferry], [FERRY] and [ferry]man"],
		["the boat, then the ferry", "ferry boat", "the [boat], then the [ferry]"],
		["snake_case and kebab-case", "case", "snake_[case] and kebab-[case]"],
		["at 07:40 from pier B2", "40 b2", "at 07:[40] from pier [B2]"],
		["don't", "don't", "[don]'[t]"],
		["one two", "three", "one two"],
		["anything", "", "anything"],
		["anything", "…", "anything"],
		["anna ann", "ann anna", "[anna] [ann]"],
		["order l 42b", "l-42", "order [l] [42]b"],
	])("%s / %s", (text, query, found) => {
		expect(marked(text, query)).toBe(found);
	});

	it.each([
		["accents of the text", "Sofía e São", "sofia sao", "[Sofía] e [São]"],
		["accents of the query", "Sofia", "sofía", "[Sofia]"],
		["accents apart from their letter", "E\u0301va la\u0301", "eva la", "[E\u0301va] [la\u0301]"],
		["ligatures", "ﬁn und Straße", "fin strass", "[ﬁn] und [Straß]e"],
		["full width", "ＡＢＣ abc", "abc", "[ＡＢＣ] [abc]"],
		["Turkish", "İstanbul ve ışık", "istanbul isik", "[İstanbul] ve [ışık]"],
		["Polish and Danish", "Łódź og Ærø", "lodz aero", "[Łódź] og [Ærø]"],
		["a Ukrainian apostrophe", "чай із мʼятою", "м'ят", "чай із [м]ʼ[ят]ою"],
		["final sigma", "Ο ΛΌΓΟΣ", "λογος", "Ο [ΛΌΓΟΣ]"],
		["Ukrainian", "Привіт, Їжаку", "їжак", "Привіт, [Їжак]у"],
		["Greek", "Τα λέμε τη Δευτέρα", "δευτερα", "Τα λέμε τη [Δευτέρα]"],
		["Vietnamese", "Tiếng Việt", "viet", "Tiếng [Việt]"],
		["Arabic, with and without its vowels", "شُكْراً جزيلاً", "شكرا", "[شُكْراً] جزيلاً"],
		["Arabic drawn long", "محـمد هنا", "محمد", "[محـمد] هنا"],
		["Hebrew", "שָׁלוֹם לך", "שלום", "[שָׁלוֹם] לך"],
		["Hindi, by its beginning", "यह हिन्दी है", "हिन", "यह [हिन्]दी है"],
		["Hindi, whose vowels are letters", "यह हिन्दी है", "हन", "यह हिन्दी है"],
		["Korean", "안녕하세요 여러분", "안녕", "[안녕]하세요 여러분"],
	])("whatever %s", (_, text, query, found) => {
		expect(marked(text, query)).toBe(found);
	});

	it.each([
		["Chinese", "我明天早上寄出", "明天", "我[明天]早上寄出"],
		["one Chinese sign", "我明天早上寄出", "寄", "我明天早上[寄]出"],
		["Japanese", "明日の朝に送ります", "朝に", "明日の[朝に]送ります"],
		["Katakana of half width", "ﾌｪﾘｰに乗る", "フェリー", "[ﾌｪﾘｰ]に乗る"],
		["Kana by its voicing", "てがきの", "かき", "てがきの"],
		["the same of half width", "ﾃｶﾞｷ", "ガキ", "ﾃ[ｶﾞｷ]"],
		["Thai", "สวัสดีครับ", "ครับ", "สวัสดี[ครับ]"],
		["two scripts in one", "新しいiPhoneを買う", "iphone", "新しい[iPhone]を買う"],
		["the same twice over", "哈哈哈", "哈哈", "[哈哈哈]"],
	])("anywhere where no spaces are written: %s", (_, text, query, found) => {
		expect(marked(text, query)).toBe(found);
	});

	it("must all be there", () => {
		expect(holdsWords("the ferry and the boat", "boat fer")).toBe(true);
		expect(holdsWords("the ferry and the boat", "boat train")).toBe(false);
	});

	it("never cut a sign in two", () => {
		expect(marked("𝒜nn and 😀", "ann")).toBe("[𝒜nn] and 😀");
	});
});

describe("what is enough to search for", () => {
	it.each(["ab", "a b", "a🎉", "明", "ไ", " x9 "])("%s", (query) => {
		expect(isSearchable(query)).toBe(true);
	});

	it.each(["", " ", " a ", "e\u0301", "😀😀", "--", "ا"])("not %s", (query) => {
		expect(isSearchable(query)).toBe(false);
	});
});
