/** A newcomer's way from nothing to signed out, on a phone and by touch, a picture for each step. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { PASSWORD, test } from "../e2e/fixtures";

const SHOTS = join(import.meta.dirname, "../shots");

test("a newcomer's walk", async ({ browser, server, person }) => {
	const bob = await person("Bob");
	await bob.page.goto("/");
	const context = await browser.newContext({
		baseURL: server.url,
		viewport: { width: 360, height: 740 },
		hasTouch: true,
		isMobile: true,
	});
	const page = await context.newPage();
	let step = 0;
	const shoot = async (name: string, of: Page = page) => {
		await of.waitForTimeout(500);
		step += 1;
		const path = join(SHOTS, `walk-${String(step).padStart(2, "0")}-${name}.png`);
		await of.screenshot({ path });
	};
	await page.goto("/");
	await shoot("first");
	await page.getByRole("link", { name: "Create an account" }).tap();
	await page.getByLabel("Name", { exact: true }).fill("Ann");
	await page.getByLabel("E-mail").fill("not an address");
	await page.getByLabel("Password", { exact: true }).fill("short");
	await page.getByRole("button", { name: "Continue" }).tap();
	await shoot("refused");
	await page.getByLabel("E-mail").fill("ann@example.test");
	await page.getByLabel("Password", { exact: true }).fill("password123");
	await page.getByRole("button", { name: "Continue" }).tap();
	await shoot("weak");
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await shoot("strong");
	await page.getByRole("button", { name: "Continue" }).tap();
	await page.getByLabel("Code").waitFor();
	await shoot("code");
	await page.getByLabel("Code").fill("000000");
	await shoot("wrong-code");
	await page.getByLabel("Code").fill((await server.mail("ann@example.test")).codes[0] ?? "");
	await page.getByRole("heading", { name: "Chats" }).waitFor();
	await shoot("empty");
	await page.getByRole("link", { name: "Find people" }).tap();
	await shoot("people");
	await page.getByLabel("Find people by name or username").fill("bo");
	await page.getByRole("button", { name: "Add Bob as a friend" }).waitFor();
	await shoot("found");
	await page.getByRole("button", { name: "Add Bob as a friend" }).tap();
	await shoot("asked");
	await bob.page.setViewportSize({ width: 360, height: 740 });
	await bob.page.goto("/chats");
	await shoot("bob-list", bob.page);
	await bob.page.goto("/people");
	await bob.page.getByRole("button", { name: "Accept Ann" }).click();
	await shoot("bob-accepted", bob.page);
	await shoot("accepted");
	await page.getByRole("link", { name: "Chats" }).tap();
	await shoot("list");
	await page.locator(".lrow").first().tap();
	await shoot("chat-empty");
	await page.locator(".composer__t").fill("Hello Bob, see example.org/boat");
	await shoot("typed");
	await page.getByRole("button", { name: "Send" }).tap();
	await shoot("sent");
	await page.locator(".msg").first().tap();
	await shoot("tapped");
	await page.getByRole("button", { name: "Emoji" }).tap();
	await page.locator(".emoji [role=gridcell]").first().waitFor();
	await shoot("emoji");
	await page.mouse.click(10, 100);
	await page.getByRole("button", { name: "Details" }).last().tap();
	await shoot("details");
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Back" }).tap();
	await shoot("back");
	await page.getByRole("link", { name: "Settings" }).tap();
	await shoot("settings");
	await page.getByRole("button", { name: "Sign out", exact: true }).scrollIntoViewIfNeeded();
	await page.getByRole("button", { name: "Sign out", exact: true }).tap();
	await shoot("sign-out");
	await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).tap();
	await shoot("signed-out");
	await context.close();
});
