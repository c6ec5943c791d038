import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { followBuilds } from "./app/follow-builds";
import { followLanguage } from "./app/follow-language";
import { openParts } from "./app/open-parts";
import { startText } from "./i18n/setup";
import { followKeyboard } from "./ui/keyboard-inset";
import { applyLook, currentLook, followLook } from "./ui/look";
import "./styles/index.css";

async function start() {
	applyLook();
	followLook();
	followKeyboard();
	const parts = openParts();
	const isStarted = parts.sync.actions.start();
	await startText(currentLook().language);
	followLanguage();
	const host = document.getElementById("app");
	if (host === null) throw new Error("index.html has no #app");
	createRoot(host).render(<App {...parts} />);
	await isStarted;
	followBuilds();
}

void start();
