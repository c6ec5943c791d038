import { translate } from "@/i18n/setup";
import { showToast } from "@/ui/toast";

const LOOK_AGAIN_MS = 60 * 60_000;

/**
 * Keeps the page on this device, so that it opens without a network, and says
 * when a newer build waits. Nothing is replaced under the person's hands: the
 * new build starts when they ask for it, or when no tab is left.
 */
export function followBuilds(): void {
	if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
	// A browser may refuse (private windows): then the page simply needs its network.
	void navigator.serviceWorker.register("/sw.js").then(follow, () => undefined);
}

function follow(registration: ServiceWorkerRegistration): void {
	if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
	registration.addEventListener("updatefound", () => {
		const fresh = registration.installing;
		fresh?.addEventListener("statechange", () => {
			// Without a controller this is the first build here: there is nothing to replace.
			if (fresh.state === "installed" && navigator.serviceWorker.controller) offer(fresh);
		});
	});
	const lookAgain = () => void registration.update().catch(() => undefined);
	setInterval(lookAgain, LOOK_AGAIN_MS);
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "visible") lookAgain();
	});
}

function offer(waiting: ServiceWorker): void {
	const reload = () => {
		navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), {
			once: true,
		});
		// Taken by another tab meanwhile: there is nothing left to wait for.
		if (waiting.state === "activated") location.reload();
		else waiting.postMessage("use-new-build");
	};
	showToast(
		translate("app.newBuild"),
		{ label: translate("app.reload"), onPress: reload },
		Number.POSITIVE_INFINITY,
	);
}
