import { Copy, Link as LinkIcon, Pencil, Reply, RotateCw, Trash2 } from "lucide-react";
import type { TextKey } from "@/i18n/setup";
import { useText } from "@/i18n/use-text";
import type { Row } from "@/sync/types";
import { Menu, type MenuItem } from "@/ui/menu";
import type { Anchor } from "@/ui/place";
import type { RowActions } from "../use-row-actions";

type Props = {
	row: Row;
	isOwn: boolean;
	canWrite: boolean;
	anchor: Anchor;
	actions: RowActions;
	onClose: () => void;
};

export function MessageMenu({ row, isOwn, canWrite, anchor, actions, onClose }: Props) {
	const t = useText();
	const isStored = row.state === "stored";
	const isDeleted = row.message.deleted_at !== null;
	const item = (id: string, key: TextKey, rest: Omit<MenuItem, "id" | "label">): MenuItem => ({
		id,
		label: t(key),
		...rest,
	});
	const items: (MenuItem | "line")[] = [];
	if (row.state === "failed") {
		items.push(
			item("retry", "timeline.retry", { icon: RotateCw, onSelect: () => actions.retry(row) }),
		);
	}
	if (canWrite && isStored && !isDeleted) {
		items.push(
			item("reply", "timeline.reply", {
				icon: Reply,
				isIconFlipped: true,
				letter: "r",
				onSelect: () => actions.reply(row),
			}),
		);
	}
	if (canWrite && isOwn && !isDeleted && row.state !== "failed") {
		items.push(
			item("edit", "timeline.edit", {
				icon: Pencil,
				letter: "e",
				onSelect: () => actions.edit(row),
			}),
		);
	}
	if (!isDeleted)
		items.push(
			item("copy", "timeline.copy", { icon: Copy, letter: "c", onSelect: () => actions.copy(row) }),
		);
	if (isStored) {
		items.push(
			item("link", "timeline.copyLink", {
				icon: LinkIcon,
				letter: "l",
				onSelect: () => actions.copyLink(row),
			}),
		);
	}
	if (isOwn && !isDeleted) {
		const remove = row.state === "failed" ? actions.discard : actions.remove;
		items.push(
			"line",
			item("delete", "timeline.delete", {
				icon: Trash2,
				letter: "d",
				isBad: true,
				onSelect: () => remove(row),
			}),
		);
	}
	return <Menu label={t("timeline.menu")} items={items} anchor={anchor} onClose={onClose} />;
}
