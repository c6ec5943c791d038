/**
 * The colours keep their contrast (WCAG 2): every pair of ink and surface that
 * occurs, in light and dark, in the plain and in the high-contrast set.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./sources";

type Pair = readonly [ink: string, surface: string, floor: number];
type Tokens = Record<string, readonly [light: string, dark: string]>;

const css = readFileSync(join(ROOT, "src/styles/tokens.css"), "utf8");
const plain = tokensOf(blockOf(":root {"));
const strong = { ...plain, ...tokensOf(blockOf(':root[data-contrast="more"] {')) };

function blockOf(head: string): string {
	const start = css.indexOf(head);
	if (start < 0) throw new Error(`tokens.css has no block ${head}`);
	return css.slice(start + head.length).split("\n}")[0] ?? "";
}

function tokensOf(block: string): Tokens {
	const found: Tokens = {};
	const line = /--([\w-]+):\s*(light-dark\([^;]*\)|#[0-9a-f]{6})\s*;/g;
	for (const [, name = "", value = ""] of block.matchAll(line)) {
		const [light, dark] = value.match(/#[0-9a-f]{6}/g) ?? [];
		if (light !== undefined) found[name] = [light, dark ?? light];
	}
	return found;
}

function pairs(): Pair[] {
	const found: Pair[] = [];
	const on = (surfaces: string, ...inks: [string, number][]) => {
		for (const surface of surfaces.split(" "))
			for (const [ink, floor] of inks) found.push([ink, surface, floor]);
	};
	const planes = "surface canvas sunken raised hover selected accent-soft bubble-own bubble-other";
	on(planes, ["text", 7], ["text-2", 4.5], ["link", 4.5], ["focus", 3]);
	on("surface canvas sunken raised bubble-other hover", ["text-3", 4.5]);
	on(
		"surface canvas sunken raised hover selected",
		["accent", 4.5],
		["danger", 4.5],
		["warning", 4.5],
	);
	on("surface canvas sunken raised", ["success", 4.5], ["border-strong", 3]);
	on("bubble-own", ["text-own-meta", 4.5], ["read", 4.5], ["danger", 4.5]);
	on("accent accent-hover", ["on-accent", 4.5]);
	on("danger-solid", ["on-danger", 4.5]);
	on("ink", ["on-ink", 7]);
	on("accent danger", ["surface", 3]);
	on("read", ["bubble-own", 3]);
	for (const kind of ["danger", "warning", "success"]) on(`${kind}-soft`, ["text", 7], [kind, 4.5]);
	on("stage stage-tile stage-bar", ["stage-text", 7], ["stage-text-2", 4.5]);
	for (let hue = 1; hue <= 12; hue++) on(`av-${hue}-bg`, [`av-${hue}-fg`, 4.5]);
	return found;
}

function luminance(hex: string): number {
	const channel = (at: number) => {
		const v = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
		return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
	};
	return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function ratio(one: string, other: string): number {
	const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
	return (light + 0.05) / (dark + 0.05);
}

describe("contrast", () => {
	it("measures black on white as 21", () => {
		expect(ratio("#000000", "#ffffff")).toBeCloseTo(21);
	});

	for (const [set, tokens] of [
		["plain", plain],
		["high contrast", strong],
	] as const) {
		for (const [mode, index] of [
			["light", 0],
			["dark", 1],
		] as const) {
			it(`holds in ${mode}, ${set}`, () => {
				const low = pairs().flatMap(([ink, surface, floor]) => {
					const [one, other] = [tokens[ink]?.[index], tokens[surface]?.[index]];
					if (one === undefined || other === undefined) return [`${ink} on ${surface}: no token`];
					const found = ratio(one, other);
					return found < floor ? [`${ink} on ${surface}: ${found.toFixed(2)} < ${floor}`] : [];
				});
				expect(low).toEqual([]);
			});
		}
	}
});
