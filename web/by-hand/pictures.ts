/**
 * Takes the pictures: those of the README into `docs/screens`, and every
 * page at three widths, in each look, into
 * `web/shots` to be looked at beside the design (not kept).
 */
import { join } from "node:path";
import { test } from "../e2e/fixtures";
import { composer } from "../e2e/verbs";
import { inEachLook } from "./looks";
import { quiet, setScene, show } from "./scene";

const SCREENS = join(import.meta.dirname, "../../docs/screens");
const SHOTS = join(import.meta.dirname, "../shots");

test("the README's pictures", async ({ person }) => {
	const scene = await setScene(person);
	const { page } = scene.noor;
	await page.goto("/");
	await quiet(page, { motion: "less" });
	for (const scheme of ["light", "dark"] as const) {
		await page.setViewportSize({ width: 1280, height: 800 });
		await page.emulateMedia({ colorScheme: scheme });
		await show(scene, "/chats/:chat", true);
		if (scheme === "light") await composer(page).fill("See you on the quay");
		await page.screenshot({ path: join(SCREENS, `${scheme}.png`) });
		await composer(page).fill("");
	}
	await page.setViewportSize({ width: 390, height: 780 });
	await page.emulateMedia({ colorScheme: "light" });
	await show(scene, "/chats/:chat", false);
	await page.screenshot({ path: join(SCREENS, "phone.png") });
	await show(scene, "/chats", false);
	await page.screenshot({ path: join(SCREENS, "phone-list.png") });
});

test("every page, to be looked at", async ({ person, visitor }) => {
	const scene = await setScene(person);
	const guest = await visitor("Guest");
	const pages = { chat: "/chats/:chat", list: "/chats", people: "/people", settings: "/settings" };
	const { page } = scene.noor;
	await page.goto("/");
	await guest.page.goto("/");
	await inEachLook([page, guest.page], async (end) => {
		const path = (name: string) => join(SHOTS, `${name}-${end}.png`);
		for (const [name, place] of Object.entries(pages)) {
			await show(scene, place, false);
			await page.screenshot({ path: path(name) });
		}
		for (const name of ["sign-in", "sign-up"]) {
			await guest.page.goto(`/${name}`);
			await guest.page.locator("h1").waitFor();
			await guest.page.waitForTimeout(300);
			await guest.page.screenshot({ path: path(name) });
		}
	});
});
