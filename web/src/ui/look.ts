import { watched } from "./watched";

/** How the client looks and behaves on this device. Kept here, not on the account. */
export type Look = {
	theme: "system" | "light" | "dark" | "contrast";
	density: "comfortable" | "compact";
	/** Per cent of the browser's own size. */
	textSize: number;
	motion: "system" | "less";
	/** The key that sends; the other one starts a new line. */
	sendKey: "enter" | "ctrl-enter";
	language: string | null;
	listWidth: number;
	isDetailsOpen: boolean;
	hasNotifications: boolean;
};

// The name and the fields are also read by public/theme.js, before the first paint.
const KEY = "tidings.look";

export const LIST_WIDTH = { least: 280, usual: 320, most: 420 };

const USUAL: Look = {
	theme: "system",
	density: "comfortable",
	textSize: 100,
	motion: "system",
	sendKey: "enter",
	language: null,
	listWidth: LIST_WIDTH.usual,
	isDetailsOpen: true,
	hasNotifications: false,
};

const look = watched(read());

function read(): Look {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
		return { ...USUAL, ...(kept as Partial<Look>) };
	} catch {
		return USUAL;
	}
}

export const currentLook = look.read;
export const onLook = look.watch;
export const useLook = look.use;

export function setLook(change: Partial<Look>): void {
	const next = { ...look.read(), ...change };
	try {
		localStorage.setItem(KEY, JSON.stringify(next));
	} catch {
		// A full or refused storage costs the memory of a taste, nothing else.
	}
	show(next);
}

/** On the document before whoever watches measures it. */
function show(next: Look): void {
	apply(next);
	look.write(next);
}

export function applyLook(): void {
	apply(look.read());
}

/** Writes the look onto the document; language and direction are `follow-language.ts`'s. */
function apply(look: Look): void {
	const { dataset, style } = document.documentElement;
	set(dataset, "theme", look.theme === "light" || look.theme === "dark" ? look.theme : null);
	set(dataset, "contrast", look.theme === "contrast" ? "more" : null);
	set(dataset, "density", look.density === "compact" ? "compact" : null);
	set(dataset, "motion", look.motion === "less" ? "less" : null);
	style.fontSize = look.textSize === 100 ? "" : `${look.textSize}%`;
	style.setProperty("--list", `${look.listWidth}px`);
}

function set(dataset: DOMStringMap, name: string, value: string | null) {
	if (value === null) delete dataset[name];
	else dataset[name] = value;
}

/** Another tab changed the look: follow it. */
export function followLook(): void {
	addEventListener("storage", (event) => {
		if (event.key !== KEY) return;
		show(read());
	});
}
