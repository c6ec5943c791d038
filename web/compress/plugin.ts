/**
 * Lays compressed forms beside the built files: `app.js.br`, `app.js.gz`. The
 * server sends the first one that the browser takes, and spends nothing on it.
 * Comes after everything that writes files.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Pictures and fonts are compressed already. */
const TEXT = /\.(html|js|css|json|svg|txt|webmanifest)$/;
/** Below this a header costs as much as is saved. */
const WORTH_IT_BYTES = 1_024;

function compress(path: string) {
	const bytes = readFileSync(path);
	if (bytes.length < WORTH_IT_BYTES) return;
	const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
	writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
	writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}

export function compressed(): Plugin {
	let folder = "";
	return {
		name: "compressed",
		apply: "build",
		configResolved(config) {
			folder = join(config.root, config.build.outDir);
		},
		writeBundle: {
			order: "post",
			handler() {
				for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
					if (TEXT.test(path) && !path.startsWith(".vite")) compress(join(folder, path));
				}
			},
		},
	};
}
