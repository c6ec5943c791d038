import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { QuickSwitcher } from "@/features/chats/components/quick-switcher";
import { selectChats, unreadOf } from "@/sync/selectors";
import type { ChatEntry, State } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { isMod } from "@/ui/platform";
import { moveRegion } from "./regions";

const ShortcutSheet = lazy(() =>
	import("./shortcut-sheet").then((module) => ({ default: module.ShortcutSheet })),
);

type Layer = "switcher" | "sheet" | null;

/** Keys that work everywhere behind the sign-in, and what they open. */
export function ShortcutLayer({ current }: { current: string | null }) {
	const navigate = useNavigate();
	const actions = useActions();
	const [layer, setLayer] = useState<Layer>(null);
	const state = useRef<State | null>(null);
	useSync((now) => {
		state.current = now;
		return null;
	});

	useEffect(() => {
		const go = (chat: ChatEntry | undefined) =>
			chat && void navigate({ to: "/chats/$chat", params: { chat: chat.id } });
		const chats = () =>
			state.current ? selectChats(state.current).filter((chat) => !chat.archived) : [];

		function handleMod(event: KeyboardEvent): boolean {
			if (event.key.toLowerCase() === "k") setLayer("switcher");
			else if (event.key === "/") setLayer("sheet");
			else if (event.key === ",") void navigate({ to: "/settings" });
			else return false;
			return true;
		}

		function handleAlt(event: KeyboardEvent): boolean {
			const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
			if (step !== 0) go(neighbour(chats(), current, step, event.shiftKey));
			else if (/^Digit[1-9]$/.test(event.code) && !event.shiftKey)
				go(chats()[Number(event.code.slice(5)) - 1]);
			else return false;
			return true;
		}

		function handleKey(event: KeyboardEvent) {
			if (event.defaultPrevented || event.isComposing) return;
			const isHandled =
				event.key === "F6"
					? moveRegion(event.shiftKey ? -1 : 1)
					: isMod(event) && !event.altKey && !event.shiftKey
						? handleMod(event)
						: event.altKey && !event.ctrlKey && !event.metaKey && handleAlt(event);
			if (isHandled) event.preventDefault();
			else if (event.key === "Escape" && current !== null && !isLayerOpen()) jumpToNewest();
		}

		function jumpToNewest() {
			const chat = current ? state.current?.chats.get(current) : undefined;
			if (!chat) return;
			actions.markRead(chat.id, chat.seq);
			document.querySelector<HTMLElement>("[data-jump]")?.click();
		}

		addEventListener("keydown", handleKey);
		return () => removeEventListener("keydown", handleKey);
	}, [actions, current, navigate]);

	const close = () => setLayer(null);
	return (
		<>
			{layer === "switcher" && <QuickSwitcher onClose={close} />}
			{layer === "sheet" && (
				<Suspense fallback={null}>
					<ShortcutSheet onClose={close} />
				</Suspense>
			)}
		</>
	);
}

function isLayerOpen(): boolean {
	return document.querySelector("dialog[open], :popover-open") !== null;
}

/** The next chat in the order of the list, or the next unread one. */
export function neighbour(
	chats: readonly ChatEntry[],
	current: string | null,
	step: 1 | -1,
	isUnreadOnly: boolean,
): ChatEntry | undefined {
	const at = chats.findIndex((chat) => chat.id === current);
	const from = at < 0 && step < 0 ? chats.length : at;
	for (let index = from + step; index >= 0 && index < chats.length; index += step) {
		const chat = chats[index];
		if (chat && (!isUnreadOnly || unreadOf(chat) > 0)) return chat;
	}
	return undefined;
}
