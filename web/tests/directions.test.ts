/** Styles name no left and no right: a page from right to left has the same ones. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "./sources";

const STYLES = join(ROOT, "src/styles");
const FOUR = /\b(?:padding|margin|inset): *([^\s();]+) ([^\s();]+) ([^\s();]+) ([^\s();]+);/g;
const SIDED = /\b(?:(?:padding|margin|border)-(?:left|right)\b.*|(?:left|right):.*);/g;

it("are the same from either side", () => {
	const faults = readdirSync(STYLES)
		.filter((name) => name.endsWith(".css"))
		.flatMap((name) => {
			const css = readFileSync(join(STYLES, name), "utf8");
			const sided = [...css.matchAll(SIDED)].map(([text]) => text);
			const uneven = [...css.matchAll(FOUR)].flatMap(([text, , end, , start]) =>
				end === start ? [] : [text],
			);
			return [...sided, ...uneven].map((text) => `${name}: ${text}`);
		});
	expect(faults).toEqual([]);
});
