/** Reads the client's sources for the tests that judge them as text. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export type Source = { path: string; text: string; imports: string[] };

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SRC = join(ROOT, "src");

const IMPORT =
	/(?:^|\n)\s*(?:import|export)\b[^;]*?\bfrom\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g;
const BARE = /(?:^|\n)\s*import\s+"([^"]+)"/g;

/** Every module below `src`, with paths as `features/chats/api.ts`. */
export function readSources(): Source[] {
	const names = readdirSync(SRC, { recursive: true, encoding: "utf8" });
	return names
		.filter((name) => /\.tsx?$/.test(name))
		.map((name) => {
			const text = readFileSync(join(SRC, name), "utf8");
			return { path: name, text, imports: importsOf(name, text) };
		});
}

function importsOf(path: string, text: string): string[] {
	const found = [...text.matchAll(IMPORT), ...text.matchAll(BARE)];
	return found.map((match) => resolve(path, match[1] ?? match[2] ?? ""));
}

/** `@/x` and `./x` become paths below `src`; packages keep their name. */
function resolve(from: string, target: string): string {
	if (target.startsWith("@/")) return target.slice(2);
	if (!target.startsWith(".")) return target;
	return relative(SRC, join(SRC, from, "..", target));
}
