/**
 * How wide and in which look the pictures are taken. All of them take long:
 * `LOOKS=dark-rtl WIDTHS=768 STATES=switcher` takes those alone.
 */
import type { Page } from "@playwright/test";
import { quiet } from "./scene";

type Look = {
	name: string;
	language: string;
	colorScheme: "light" | "dark";
	theme: "system" | "contrast";
	/** The system's own few colours in the place of all others. */
	isForced?: boolean;
};

const LOOKS: Look[] = [
	{ name: "light-ltr", language: "en", colorScheme: "light", theme: "system" },
	{ name: "dark-ltr", language: "en", colorScheme: "dark", theme: "system" },
	{ name: "light-rtl", language: "ar", colorScheme: "light", theme: "system" },
	{ name: "dark-rtl", language: "ar", colorScheme: "dark", theme: "system" },
	{ name: "light-contrast", language: "de", colorScheme: "light", theme: "contrast" },
	{ name: "dark-contrast", language: "uk", colorScheme: "dark", theme: "contrast" },
	{ name: "light-contrast-rtl", language: "ar", colorScheme: "light", theme: "contrast" },
	{ name: "dark-contrast-rtl", language: "ar", colorScheme: "dark", theme: "contrast" },
	{ name: "light-forced", language: "en", colorScheme: "light", theme: "system", isForced: true },
	{ name: "dark-forced", language: "en", colorScheme: "dark", theme: "system", isForced: true },
];

const WIDTHS = [360, 768, 1280];

/** All, or those named in the variable. */
export function wanted<T>(all: readonly T[], variable: string, nameOf: (one: T) => string): T[] {
	const names = process.env[variable]?.split(",");
	return all.filter((one) => names === undefined || names.includes(nameOf(one)));
}

/** Dresses the pages in each look and width in turn; `end` is how the names of the pictures end. */
export async function inEachLook(
	pages: readonly Page[],
	shoot: (end: string, width: number) => Promise<void>,
): Promise<void> {
	for (const look of wanted(LOOKS, "LOOKS", ({ name }) => name)) {
		const { name, language, colorScheme, theme, isForced } = look;
		for (const page of pages) {
			await quiet(page, { language, theme, motion: "less" });
			await page.emulateMedia({ colorScheme, forcedColors: isForced ? "active" : "none" });
		}
		for (const width of wanted(WIDTHS, "WIDTHS", String)) {
			for (const page of pages) await page.setViewportSize({ width, height: 780 });
			await shoot(`${width}-${name}`, width);
		}
	}
}
