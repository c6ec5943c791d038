/**
 * What the system shows while the page is not in front: one notification a
 * chat, of its newest message, and a new one at most once a second.
 */
import { translate } from "@/i18n/setup";
import { currentLook } from "@/ui/look";

type News = {
	readonly chat: string;
	readonly name: string;
	readonly body: string;
	readonly onOpen: () => void;
};

const PAUSE_MS = 1000;

const shown = new Map<string, Notification>();
/** Chats that were told of within the last second, with the newest that came since. */
const resting = new Map<string, News | null>();

export function isInFront(): boolean {
	return document.visibilityState === "visible" && document.hasFocus();
}

export function notifyOf(news: News): void {
	if (resting.has(news.chat)) {
		resting.set(news.chat, news);
		return;
	}
	show(news);
	resting.set(news.chat, null);
	setTimeout(endRest, PAUSE_MS, news.chat);
}

function endRest(chat: string): void {
	const news = resting.get(chat);
	resting.delete(chat);
	// Somebody may have come to see for themselves.
	if (news && !isInFront()) notifyOf(news);
}

/** A page in front owes nobody a reminder of what it shows. */
export function closeNotification(chat: string): void {
	shown.get(chat)?.close();
}

function show({ chat, name, body, onOpen }: News): void {
	if (
		!currentLook().hasNotifications ||
		!("Notification" in window) ||
		Notification.permission !== "granted"
	)
		return;
	const notification = new Notification(translate("notify.title", { name }), {
		body,
		tag: chat,
		icon: "/app-icon.svg",
	});
	shown.set(chat, notification);
	notification.onclose = () => shown.delete(chat);
	notification.onclick = () => {
		window.focus();
		notification.close();
		onOpen();
	};
}
