/**
 * What a browser loads before the first chat can be used: at most 200 kB of
 * JavaScript and 25 kB of CSS, gzipped. Builds in memory, so that it judges
 * the sources as they are.
 */
import { gzipSync } from "node:zlib";
import { build, type Rollup } from "vite";
import { describe, expect, it, vi } from "vitest";
import { ROOT } from "./sources";

const MAX_JS_KB = 200;
const MAX_CSS_KB = 25;

type Output = (Rollup.OutputChunk | Rollup.OutputAsset)[];

async function buildInMemory(): Promise<Output> {
	// The test runner's own mode would bring the libraries' development halves.
	vi.stubEnv("NODE_ENV", "production");
	const options = { root: ROOT, mode: "production", logLevel: "silent" } as const;
	const result = await build({ ...options, build: { write: false } }).finally(vi.unstubAllEnvs);
	const outputs = (Array.isArray(result) ? result : [result]) as { output?: Output }[];
	return outputs.flatMap((one) => one.output ?? []);
}

/** The entry and everything it imports before it runs. */
function firstLoad(output: Output): Rollup.OutputChunk[] {
	const chunks = output.filter((file): file is Rollup.OutputChunk => file.type === "chunk");
	const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
	const seen = new Set<Rollup.OutputChunk>();
	const visit = (chunk: Rollup.OutputChunk | undefined) => {
		if (chunk === undefined || seen.has(chunk)) return;
		seen.add(chunk);
		for (const name of chunk.imports) visit(byName.get(name));
	};
	for (const chunk of chunks) if (chunk.isEntry) visit(chunk);
	return [...seen];
}

function kilobytes(text: string | Uint8Array): number {
	return gzipSync(text, { level: 9 }).length / 1_000;
}

describe("the first load", () => {
	it("stays within its budget", async () => {
		const output = await buildInMemory();
		const chunks = firstLoad(output);
		const js = chunks.reduce((sum, chunk) => sum + kilobytes(chunk.code), 0);
		const css = output
			.filter((file): file is Rollup.OutputAsset => file.type === "asset")
			.filter((file) => file.fileName.endsWith(".css"))
			.reduce((sum, file) => sum + kilobytes(file.source), 0);
		// An empty build would pass any budget.
		expect(js).toBeGreaterThan(60);
		expect(css).toBeGreaterThan(1);
		expect(js, `JavaScript ${js.toFixed(1)} kB`).toBeLessThanOrEqual(MAX_JS_KB);
		expect(css, `CSS ${css.toFixed(1)} kB`).toBeLessThanOrEqual(MAX_CSS_KB);
	}, 120_000);
});
