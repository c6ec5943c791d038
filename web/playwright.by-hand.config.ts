import { defineConfig } from "@playwright/test";
import suite from "./playwright.config";

// Figures and pictures, not verdicts: made by hand on a quiet machine, never in the gate.
export default defineConfig({
	...suite,
	testDir: "by-hand",
	testMatch: "*.ts",
	// Apart from the suite's, which clears its own when it begins.
	outputDir: "node_modules/.by-hand",
	timeout: 900_000,
	use: {
		...suite.use,
		// A trace copies the page at each step: work that no figure should hold.
		trace: "off",
		timezoneId: "Europe/Oslo",
		launchOptions: {
			...suite.use?.launchOptions,
			args: [
				...(suite.use?.launchOptions?.args ?? []),
				// A frame is drawn when it is ready, not at the next beat of a screen:
				// else a figure tells where in the beat the key fell.
				"--disable-gpu-vsync",
				"--disable-frame-rate-limit",
			],
		},
	},
});
