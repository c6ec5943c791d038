/**
 * The shape of the client: what may know what, and how large a file may grow.
 *
 * `lib` ← `ui`, `api` ← `sync` ← `features` ← `app`. A feature never knows
 * another; what needs two is composed in `app`.
 */
import { describe, expect, it } from "vitest";
import { readSources, type Source } from "./sources";

const MAY_IMPORT: Record<string, readonly string[]> = {
	lib: ["lib"],
	i18n: ["i18n", "api", "lib"],
	ui: ["ui", "lib", "i18n"],
	api: ["api", "lib"],
	sync: ["sync", "api", "lib"],
	features: ["features", "sync", "api", "ui", "lib", "i18n"],
	app: ["app", "features", "sync", "api", "ui", "lib", "i18n", "styles"],
};

const sources = readSources();
const partOf = (path: string) => path.split("/")[0] ?? "";
const isTest = (source: Source) => /\.test\.tsx?$/.test(source.path);
const own = sources.filter((source) => source.path.includes("/"));

function imports(source: Source): string[] {
	return source.imports.filter(
		(target) => partOf(target) in MAY_IMPORT || target.startsWith("styles/"),
	);
}

describe("the import law", () => {
	it("reads the sources it judges", () => {
		expect(own.length).toBeGreaterThan(40);
		expect(own.flatMap(imports).length).toBeGreaterThan(100);
	});

	it("lets a part know only what lies below it", () => {
		const broken = own.flatMap((source) =>
			imports(source)
				.filter((target) => !(MAY_IMPORT[partOf(source.path)] ?? []).includes(partOf(target)))
				.map((target) => `${source.path} → ${target}`),
		);
		expect(broken).toEqual([]);
	});

	it("keeps every feature apart from the others", () => {
		const featureOf = (path: string) => path.split("/")[1];
		const broken = own
			.filter((source) => partOf(source.path) === "features")
			.flatMap((source) =>
				source.imports
					.filter((target) => partOf(target) === "features")
					.filter((target) => featureOf(target) !== featureOf(source.path))
					.map((target) => `${source.path} → ${target}`),
			);
		expect(broken).toEqual([]);
	});

	it("keeps React out of the store, but for its one bridge", () => {
		const broken = own
			.filter((source) => partOf(source.path) === "sync" && source.path !== "sync/use-sync.tsx")
			.filter((source) => !isTest(source))
			.filter((source) => source.imports.some((target) => /^react(-dom)?($|\/)/.test(target)));
		expect(broken.map((source) => source.path)).toEqual([]);
	});

	it("has no barrels: a module that only passes others on", () => {
		const broken = own.filter((source) => /(^|\n)export\s+(\*|\{[^}]*\})\s+from/.test(source.text));
		expect(broken.map((source) => source.path)).toEqual([]);
	});

	it("has named exports only", () => {
		const broken = sources.filter((source) => /(^|\n)export default\b/.test(source.text));
		expect(broken.map((source) => source.path)).toEqual([]);
	});

	it("keeps components within 250 lines and other files within 600", () => {
		const broken = sources
			.filter((source) => !source.path.endsWith(".gen.ts"))
			.map((source) => ({ path: source.path, lines: source.text.split("\n").length - 1 }))
			.filter(({ path, lines }) => lines > (path.endsWith(".tsx") ? 250 : 600));
		expect(broken).toEqual([]);
	});
});
