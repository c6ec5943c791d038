import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressed } from "./compress/plugin";
import { emoji } from "./emoji/plugin";
import { precache } from "./pwa/precache";

// During development the page comes from here and everything else from the
// server, so the browser sees one origin, as it does in production.
const server = process.env.TIDINGS_URL ?? "http://127.0.0.1:8080";

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
	plugins: [react(), emoji(), precache(fromHere("./pwa/service-worker.js")), compressed()],
	resolve: { alias: { "@": fromHere("./src") } },
	build: {
		target: "es2022",
		manifest: true,
		sourcemap: false,
		// How large a file may be is for the budget's test to say.
		chunkSizeWarningLimit: 1_000,
		rolldownOptions: {
			output: {
				// What the first load needs comes as one file. Left to itself it is cut wherever
				// a late part shares something with it, and small files compress badly.
				codeSplitting: { groups: [{ name: "first", test: /\/src\/main\.tsx$/ }] },
			},
		},
	},
	server: {
		host: "127.0.0.1",
		port: 5173,
		proxy: {
			"/v1": { target: server },
			"/dev/mail": { target: server },
			"/docs": { target: server },
			"/socket.io": { target: server, ws: true },
		},
	},
});
