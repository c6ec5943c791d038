import { describe, expect, it } from "vitest";
import { parseText, plainText } from "./text";

const inline = (body: string) => {
	const [block] = parseText(body);
	return block?.kind === "text" ? block.parts : [];
};

describe("the small Markdown", () => {
	it("draws bold, italic, struck and code", () => {
		expect(inline("a **b** _c_ ~~d~~ `e`")).toEqual([
			{ kind: "text", text: "a " },
			{ kind: "strong", parts: [{ kind: "text", text: "b" }] },
			{ kind: "text", text: " " },
			{ kind: "em", parts: [{ kind: "text", text: "c" }] },
			{ kind: "text", text: " " },
			{ kind: "strike", parts: [{ kind: "text", text: "d" }] },
			{ kind: "text", text: " " },
			{ kind: "code", text: "e" },
		]);
	});

	it("nests marks", () => {
		expect(inline("**a *b* c**")).toEqual([
			{
				kind: "strong",
				parts: [
					{ kind: "text", text: "a " },
					{ kind: "em", parts: [{ kind: "text", text: "b" }] },
					{ kind: "text", text: " c" },
				],
			},
		]);
	});

	it.each(["snake_case_name", "2 * 3 * 4", "a ** b **", "**", "`", "*nothing closes", "~~"])(
		"leaves %j alone",
		(body) => {
			expect(inline(body)).toEqual([{ kind: "text", text: body }]);
		},
	);

	it("keeps a code block as it was written", () => {
		expect(parseText("look:\n```rust\nlet **a** = 1;\n```\nsee")).toEqual([
			{ kind: "text", parts: [{ kind: "text", text: "look:" }] },
			{ kind: "pre", text: "let **a** = 1;" },
			{ kind: "text", parts: [{ kind: "text", text: "see" }] },
		]);
	});

	it("links bare addresses without the sentence's own signs", () => {
		expect(inline("see https://a.example/b_(c), or (https://d.example).")).toEqual([
			{ kind: "text", text: "see " },
			{ kind: "link", text: "https://a.example/b_(c)", href: "https://a.example/b_(c)" },
			{ kind: "text", text: ", or (" },
			{ kind: "link", text: "https://d.example", href: "https://d.example/" },
			{ kind: "text", text: ")." },
		]);
	});

	it.each([
		["example.org", "https://example.org/"],
		["example.org/path?a=b#c", "https://example.org/path?a=b#c"],
		["www.x.y", null],
		["www.example.rs", "https://www.example.rs/"],
		["sub.example.co.uk:8443/x", "https://sub.example.co.uk:8443/x"],
		["EXAMPLE.org", "https://example.org/"],
		["t.me/tidings", "https://t.me/tidings"],
		["münchen.de", "https://xn--mnchen-3ya.de/"],
		["пошта.укр", "https://xn--80a1acn3a.xn--j1amh/"],
		["localhost.to/x", "https://localhost.to/x"],
		["shop.example.pl", "https://shop.example.pl/"],
		["example.in/path", "https://example.in/path"],
		["ann@example.pl", "mailto:ann@example.pl"],
		["ann@example.app", "mailto:ann@example.app"],
		["ann@example.org", "mailto:ann@example.org"],
		["ann.b+list@mail.example.rs", "mailto:ann.b%2Blist@mail.example.rs"],
	])("links %s without a scheme", (text, href) => {
		const wanted = href === null ? { kind: "text", text } : { kind: "link", text, href };
		expect(inline(text)).toEqual([wanted]);
	});

	it.each([
		"main.rs a.b build.sh notes.md app.py index.ts test.pl logo.ai Safari.app Foo.java archive.zip clip.mov",
		"src/main.rs and src/example.org/x",
		"1.2.3 v0.12.0 3.14 10.0.0.1",
		"user.id row.name state.to items.at(0) example.com(x)",
		"Done.It works. Yes.No? e.g. i.e. …and.so on",
		"lodash@4.17.21 icon@2x.png @ann@example.org git@github.com:ann/tidings.git a@b",
		"snake_example.com_case -.com .com example. com",
		"ftp://example.org file:///example.org",
		`${"a".repeat(64)}.com`,
	])("makes no link in %j", (text) => {
		expect(inline(text)).toEqual([{ kind: "text", text }]);
	});

	it("keeps the sentence's signs and the marks out of such a link", () => {
		expect(inline("See (example.org/a_(b)), **www.example.org**, or x.com.")).toEqual([
			{ kind: "text", text: "See (" },
			{ kind: "link", text: "example.org/a_(b)", href: "https://example.org/a_(b)" },
			{ kind: "text", text: "), " },
			{
				kind: "strong",
				parts: [{ kind: "link", text: "www.example.org", href: "https://www.example.org/" }],
			},
			{ kind: "text", text: ", or " },
			{ kind: "link", text: "x.com", href: "https://x.com/" },
			{ kind: "text", text: "." },
		]);
	});

	it("finds one address in an address", () => {
		expect(inline("https://a.example/to/example.org?x=b.com")).toHaveLength(1);
		expect(inline("a.com/b.com/c.com")).toHaveLength(1);
		expect(inline("`example.org`")).toEqual([{ kind: "code", text: "example.org" }]);
	});

	it("makes no link of another scheme", () => {
		expect(inline("javascript:alert(1) data:text/html,x")).toEqual([
			{ kind: "text", text: "javascript:alert(1) data:text/html,x" },
		]);
	});

	it("stays fast on hostile text", () => {
		const started = performance.now();
		for (const unit of [
			"**a ",
			"_a",
			"`",
			"~~",
			"https://",
			"*a *",
			"a.com ",
			"a.",
			"a@",
			"a.com/",
		])
			parseText(unit.repeat(20_000));
		expect(performance.now() - started).toBeLessThan(2000);
	});

	it("becomes one plain line", () => {
		expect(plainText("**a**\n\n```\nb\n  c\n```\n_d_")).toBe("a b c d");
	});
});
