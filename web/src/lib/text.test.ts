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

	it("makes no link of another scheme", () => {
		expect(inline("javascript:alert(1) data:text/html,x")).toEqual([
			{ kind: "text", text: "javascript:alert(1) data:text/html,x" },
		]);
	});

	it("stays fast on hostile text", () => {
		const started = performance.now();
		for (const unit of ["**a ", "_a", "`", "~~", "https://", "*a *"])
			parseText(unit.repeat(20_000));
		expect(performance.now() - started).toBeLessThan(2000);
	});

	it("becomes one plain line", () => {
		expect(plainText("**a**\n\n```\nb\n  c\n```\n_d_")).toBe("a b c d");
	});
});
