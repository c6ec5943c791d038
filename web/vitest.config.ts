import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { emoji } from "./emoji/plugin";

// Time zone and language are fixed, so a test means the same on every machine.
process.env.TZ = "UTC";

export default defineConfig({
	plugins: [emoji()],
	resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
	test: {
		include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.ts"],
		// A test that needs a document says so in its first line
		// (`// @vitest-environment happy-dom`); the others start faster without.
		environment: "node",
		restoreMocks: true,
	},
});
