/**
 * Writes `sw.js` beside the built page: the service worker with the list of
 * files it keeps and a name that is another one whenever any of them is.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** Kept when the page first asks for them, since few people need them all. */
const ON_DEMAND = /\.woff2$|\/emoji-(list|[a-z]{2})-/;
/** But for the letters that nearly every page shows. */
const ALWAYS = /inter-latin-wght/;
/** Not parts of the page. */
const APART = /^(\.vite\/|sw\.js$)/;

/** Paths of the built files that an installed page must have. */
function filesToKeep(built: readonly string[]): string[] {
	return built
		.filter((path) => !APART.test(path) && (!ON_DEMAND.test(path) || ALWAYS.test(path)))
		.map((path) => `/${path}`)
		.sort();
}

function writeWorker(template: string, files: readonly string[], build: string): string {
	return template
		.replace('"__BUILD__"', JSON.stringify(build))
		.replace('["__FILES__"]', JSON.stringify(files));
}

function listFiles(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

export function precache(template: string): Plugin {
	let folder = "";
	return {
		name: "precache",
		apply: "build",
		configResolved(config) {
			folder = join(config.root, config.build.outDir);
		},
		// After everything, the copied public files included, stands on disk.
		writeBundle: {
			order: "post",
			handler() {
				const files = filesToKeep(listFiles(folder));
				const text = readFileSync(template, "utf8");
				const hash = createHash("sha256").update(text);
				for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
				const build = hash.digest("hex").slice(0, 12);
				writeFileSync(join(folder, "sw.js"), writeWorker(text, files, build));
			},
		},
	};
}
