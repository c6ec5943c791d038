import { BellOff, Clock } from "lucide-react";
import { lengthOf } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import type { ChatEntry } from "@/sync/types";
import { Menu, type MenuItem } from "@/ui/menu";
import type { Anchor } from "@/ui/place";
import { FOR_EVER, useMine } from "../use-mine";

const HOUR_MS = 3_600_000;
const LENGTHS = [
	{ value: 1, unit: "hour", ms: HOUR_MS },
	{ value: 8, unit: "hour", ms: 8 * HOUR_MS },
	{ value: 1, unit: "week", ms: 168 * HOUR_MS },
] as const;

type Props = { chat: ChatEntry; anchor: Anchor; onClose: () => void; onBack?: () => void };

/** For how long a chat is to be quiet. */
export function MuteMenu({ chat, anchor, onClose, onBack }: Props) {
	const t = useText();
	const { name, mute } = useMine(chat);
	const items: MenuItem[] = LENGTHS.map(({ value, unit, ms }) => ({
		id: `${value}-${unit}`,
		label: lengthOf(value, unit),
		icon: Clock,
		onSelect: () => mute(Date.now() + ms),
	}));
	items.push({
		id: "ever",
		label: t("chats.muteForEver"),
		icon: BellOff,
		onSelect: () => mute(FOR_EVER),
	});
	const label = t("chats.muteFor", { name });
	return (
		<Menu
			label={label}
			of={label}
			items={items}
			anchor={anchor}
			onClose={onClose}
			onBack={onBack}
		/>
	);
}
