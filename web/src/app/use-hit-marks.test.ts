// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { rangesIn } from "./use-hit-marks";

function marked(html: string, words: string): string[] {
	const row = document.createElement("div");
	row.innerHTML = html;
	return rangesIn(row, words).map(String);
}

describe("the words in a row of the chat", () => {
	it("are marked across the pieces that it is drawn of", () => {
		expect(marked("<p>The <em>fer</em>ry and <strong>a ferry</strong></p>", "ferry")).toEqual([
			"ferry",
			"ferry",
		]);
	});

	it("are marked in each paragraph and in code", () => {
		expect(marked("<p>boat</p><pre><code>boat = 1</code></pre><p>no</p>", "boat")).toEqual([
			"boat",
			"boat",
		]);
	});

	it("are not looked for in what is no word of it", () => {
		expect(marked("<p>hello</p><span><time>12:30</time></span>", "12")).toEqual([]);
	});
});
