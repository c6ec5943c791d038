import { Bell, BellOff, Pin, PinOff } from "lucide-react";
import { useState } from "react";
import { untilOf } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import { isMuted } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { Button } from "@/ui/button";
import { useNow } from "@/ui/use-now";
import { FOR_EVER, useMine } from "../use-mine";
import { MuteMenu } from "./mute-menu";

/** What one does most with a chat itself. */
export function MineActions({ chat }: { chat: ChatEntry }) {
	const t = useText();
	const { pin, mute } = useMine(chat);
	const isQuiet = isMuted(chat, useNow());
	const [asking, setAsking] = useState<{ element: Element } | null>(null);
	const { pinned } = chat.mine;
	return (
		<div className="who__acts">
			<Button
				icon={isQuiet ? Bell : BellOff}
				aria-haspopup={isQuiet ? undefined : "menu"}
				onClick={(event) => (isQuiet ? mute(null) : setAsking({ element: event.currentTarget }))}
			>
				{t(isQuiet ? "chats.unmute" : "chats.mute")}
			</Button>
			<Button icon={pinned ? PinOff : Pin} onClick={() => pin(!pinned)}>
				{t(pinned ? "chats.unpin" : "chats.pin")}
			</Button>
			{asking && <MuteMenu chat={chat} anchor={asking} onClose={() => setAsking(null)} />}
		</div>
	);
}

/** Whether the chat is heard, and from when on again. */
export function Notifications({ chat }: { chat: ChatEntry }) {
	const t = useText();
	const now = useNow();
	const isQuiet = isMuted(chat, now);
	const until = chat.mine.muted_until ?? 0;
	const value = !isQuiet
		? t("details.notifyOn")
		: until >= FOR_EVER
			? t("details.notifyOff")
			: t("details.notifyUntil", { when: untilOf(until, now) });
	return (
		<div className="line line--fact">
			<span className="grow">{t("details.notifications")}</span>
			<span className="small t2 num">{value}</span>
		</div>
	);
}
