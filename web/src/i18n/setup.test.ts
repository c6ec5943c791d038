// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";
import { currentLanguage, onLanguage, setLanguage, startText, translate } from "./setup";

const net = vi.hoisted(() => ({ isCutOff: false }));
vi.mock("./locales/es.json", () => {
	if (net.isCutOff) throw new Error("no network");
	return { default: { "app.undo": "Deshacer" } };
});

afterEach(() => setLanguage("en"));

it("takes the plural form that the language has for the number", async () => {
	const asked = (count: number) => translate("app.requests", { count });
	expect([asked(1), asked(5)]).toEqual(["1 request", "5 requests"]);
	await setLanguage("uk");
	const [one, few, many] = [asked(1), asked(3), asked(11)];
	expect(new Set([one, few, many].map((text) => text.replace(/\d+/, ""))).size).toBe(3);
	expect(asked(21).replace("21", "1")).toBe(one);
	expect(asked(24).replace("24", "3")).toBe(few);
});

it("counts in a text that has one form only", () => {
	expect(translate("title.unread", { count: 3, title: "Tidings" })).toBe("(3) Tidings");
});

it("leaves alone what a value says", () => {
	expect(translate("people.message", { name: "{{name}} $& <a>" })).toBe("Message {{name}} $& <a>");
});

it("shows the language asked for last, and tells once", async () => {
	const told = vi.fn();
	const stop = onLanguage(told);
	await Promise.all([setLanguage("de"), setLanguage("ar")]);
	stop();
	expect(currentLanguage()).toBe("ar");
	expect(document.documentElement.dir).toBe("rtl");
	expect(told).toHaveBeenCalledTimes(1);
	await setLanguage("en");
	expect(told).toHaveBeenCalledTimes(1);
	expect(document.documentElement.lang).toBe("en");
});

it("starts in English where the words cannot be fetched, and has them once they can", async () => {
	net.isCutOff = true;
	await startText("es");
	expect([currentLanguage(), translate("app.undo")]).toEqual(["en", "Undo"]);
	net.isCutOff = false;
	await setLanguage("es");
	expect([currentLanguage(), translate("app.undo")]).toEqual(["es", "Deshacer"]);
});
