import { defineConfig } from "@playwright/test";

// The browser is the system's own: the gate never downloads one.
const executablePath = process.env.CHROMIUM;

export default defineConfig({
	testDir: "e2e",
	outputDir: "test-results",
	// One server and two browsers a test already fill two cores.
	workers: 1,
	timeout: 90_000,
	expect: { timeout: 15_000 },
	// A test that passes only when repeated has failed.
	retries: 0,
	forbidOnly: true,
	reporter: [["list"]],
	use: {
		actionTimeout: 15_000,
		locale: "en-GB",
		timezoneId: "UTC",
		viewport: { width: 1280, height: 800 },
		// A trace of every test costs a tenth of the whole; --trace on writes one by hand.
		trace: "off",
		screenshot: "only-on-failure",
		launchOptions: {
			...(executablePath ? { executablePath } : {}),
			args: ["--no-sandbox", "--disable-dev-shm-usage"],
		},
	},
});
