import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { askToSearch } from "@/features/chats/list-search";
import { isUnread, selectChats } from "@/sync/selectors";
import type { ChatEntry, State } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { latePart, useLatePart } from "@/ui/late-part";
import { isLayerOpen } from "@/ui/layers";
import { isMod, latinKey } from "@/ui/platform";
import { moveRegion } from "./regions";

const switcher = latePart(() =>
	import("@/features/chats/components/quick-switcher").then((module) => module.QuickSwitcher),
);
const sheet = latePart(() => import("./shortcut-sheet").then((module) => module.ShortcutSheet));

type Layer = "switcher" | "sheet" | null;

/** Keys that work everywhere behind the sign-in, and what they open. */
export function ShortcutLayer({ current }: { current: string | null }) {
	const [layer, setLayer] = useState<Layer>(null);
	useShortcuts(current, setLayer);
	const close = () => setLayer(null);
	const QuickSwitcher = useLatePart(switcher, layer === "switcher", close);
	const ShortcutSheet = useLatePart(sheet, layer === "sheet", close);
	return (
		<>
			{layer === "switcher" && QuickSwitcher && <QuickSwitcher onClose={close} />}
			{layer === "sheet" && ShortcutSheet && <ShortcutSheet onClose={close} />}
		</>
	);
}

function useShortcuts(current: string | null, open: (layer: Layer) => void) {
	const navigate = useNavigate();
	const actions = useActions();
	const state = useLatestState();

	useEffect(() => {
		function handleMod(event: KeyboardEvent): boolean {
			const opened = openedBy(event);
			if (opened === "settings") void navigate({ to: "/settings" });
			else if (opened === "search") return searchEverywhere();
			else if (opened !== null) open(opened);
			return opened !== null;
		}

		function searchEverywhere(): boolean {
			if (isLayerOpen()) return false;
			askToSearch();
			// The archive hides the field, and beside it a chat may be open.
			const to = document.querySelector(".pane--list") ? "." : "/chats";
			if (!document.querySelector(".list-search")) void navigate({ to });
			return true;
		}

		function handleAlt(event: KeyboardEvent): boolean {
			const chat = chatOfKey(event, listed(state.current), current);
			if (chat) void navigate({ to: "/chats/$chat", params: { chat: chat.id } });
			return chat !== null;
		}

		function jumpToNewest() {
			const chat = current ? state.current?.chats.get(current) : undefined;
			if (!chat) return;
			actions.markRead(chat.id, chat.seq);
			document.querySelector<HTMLElement>("[data-jump]")?.click();
		}

		function handleKey(event: KeyboardEvent) {
			if (event.defaultPrevented || event.isComposing) return;
			const isHandled =
				event.key === "F6"
					? moveRegion(event.shiftKey ? -1 : 1)
					: isMod(event) && !event.altKey
						? handleMod(event)
						: event.altKey && !event.ctrlKey && !event.metaKey && handleAlt(event);
			if (isHandled) event.preventDefault();
			else if (event.key === "Escape" && current !== null && !isLayerOpen()) jumpToNewest();
		}

		addEventListener("keydown", handleKey);
		return () => removeEventListener("keydown", handleKey);
	}, [actions, current, navigate, open, state]);
}

/** The state at the moment of a key, without drawing again for each change of it. */
function useLatestState() {
	const state = useRef<State | null>(null);
	useSync((now) => {
		state.current = now;
		return null;
	});
	return state;
}

function listed(state: State | null): readonly ChatEntry[] {
	return state === null ? [] : selectChats(state).filter((chat) => !chat.mine.archived);
}

/** What Ctrl or ⌘ and this key open; null where the key is not ours. */
function openedBy(event: KeyboardEvent): Layer | "settings" | "search" {
	const key = latinKey(event);
	// On many keyboards the slash needs Shift.
	if (key === "/") return "sheet";
	if (event.shiftKey) return key === "f" ? "search" : null;
	if (key === "k") return "switcher";
	return key === "," ? "settings" : null;
}

/** Where Alt and this key lead: undefined at an end of the list, null where the key is not ours. */
function chatOfKey(
	event: KeyboardEvent,
	chats: readonly ChatEntry[],
	current: string | null,
): ChatEntry | undefined | null {
	const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
	if (step !== 0) return neighbour(chats, current, step, event.shiftKey);
	if (!/^Digit[1-9]$/.test(event.code) || event.shiftKey) return null;
	return chats[Number(event.code.slice(5)) - 1];
}

/** The next chat in the order of the list, or the next unread one. */
function neighbour(
	chats: readonly ChatEntry[],
	current: string | null,
	step: 1 | -1,
	isUnreadOnly: boolean,
): ChatEntry | undefined {
	const at = chats.findIndex((chat) => chat.id === current);
	const from = at < 0 && step < 0 ? chats.length : at;
	for (let index = from + step; index >= 0 && index < chats.length; index += step) {
		const chat = chats[index];
		if (chat && (!isUnreadOnly || isUnread(chat))) return chat;
	}
	return undefined;
}
