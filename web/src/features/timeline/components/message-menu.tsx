import {
	CircleCheck,
	Copy,
	Forward,
	Link as LinkIcon,
	Pencil,
	Reply,
	RotateCw,
	Trash2,
} from "lucide-react";
import type { TextKey, Translate } from "@/i18n/setup";
import { useText } from "@/i18n/use-text";
import { plainText } from "@/lib/text";
import type { Row } from "@/sync/types";
import { Menu, type MenuItem } from "@/ui/menu";
import type { Anchor } from "@/ui/place";
import { isAnswerable, type RowActions } from "../use-row-actions";
import { QuickRow } from "./quick-row";

type Props = {
	row: Row;
	isOwn: boolean;
	isDeleted: boolean;
	canWrite: boolean;
	anchor: Anchor;
	/** Opened to react: the emoji alone. */
	isReact: boolean;
	me: string;
	actions: RowActions;
	onPick: (row: Row) => void;
	/** Any other emoji is wanted. */
	onMore: (row: Row) => void;
	onClose: () => void;
};

export function MessageMenu(props: Props) {
	const t = useText();
	const { anchor, onClose, row, isReact, isDeleted } = props;
	const items = isReact ? [] : [...answers(props, t), ...copies(props, t), ...endings(props, t)];
	const head = isAnswerable(row, props.canWrite, isDeleted) && (
		<QuickRow {...props} isFirst={isReact} />
	);
	const of = isDeleted ? undefined : plainText(row.message.body);
	const label = t(isReact ? "timeline.react" : "timeline.menu");
	return <Menu {...{ label, head, items, anchor, of, onClose }} />;
}

type Items = (MenuItem | "line")[];

function entry(
	t: Translate,
	id: string,
	key: TextKey,
	rest: Omit<MenuItem, "id" | "label">,
): MenuItem {
	return { id, label: t(key), ...rest };
}

/** What goes on from the message. */
function answers({ row, isOwn, isDeleted, canWrite, actions }: Props, t: Translate): Items {
	const items: Items = [];
	if (row.state === "failed") {
		const onSelect = () => actions.retry(row);
		items.push(entry(t, "retry", "timeline.retry", { icon: RotateCw, onSelect }));
	}
	if (isAnswerable(row, canWrite, isDeleted)) {
		const onSelect = () => actions.reply(row);
		const look = { icon: Reply, isIconFlipped: true, letter: "r" };
		items.push(entry(t, "reply", "timeline.reply", { ...look, onSelect }));
	}
	if (canWrite && isOwn && !isDeleted && row.state !== "failed") {
		const onSelect = () => actions.edit(row);
		items.push(entry(t, "edit", "timeline.edit", { icon: Pencil, letter: "e", onSelect }));
	}
	return items;
}

/** What is taken from it. */
function copies({ row, isDeleted, actions, onPick }: Props, t: Translate): Items {
	const items: Items = [];
	if (!isDeleted) {
		const onSelect = () => actions.copy(row);
		const forward = () => actions.forward([row]);
		const look = { icon: Forward, isIconFlipped: true, letter: "f" };
		items.push(entry(t, "forward", "timeline.forward", { ...look, onSelect: forward }));
		items.push(entry(t, "copy", "timeline.copy", { icon: Copy, letter: "c", onSelect }));
	}
	if (row.state === "stored") {
		const onSelect = () => actions.copyLink(row);
		items.push(entry(t, "link", "timeline.copyLink", { icon: LinkIcon, letter: "l", onSelect }));
	}
	if (!isDeleted) {
		const onSelect = () => onPick(row);
		items.push(entry(t, "select", "timeline.select", { icon: CircleCheck, letter: "s", onSelect }));
	}
	return items;
}

/** A closed chat takes no change any more; what was refused is only here and may go. */
function endings({ row, isOwn, isDeleted, canWrite, actions }: Props, t: Translate): Items {
	const isFailed = row.state === "failed";
	if (!isOwn || isDeleted || !(canWrite || isFailed)) return [];
	const onSelect = () => (isFailed ? actions.discard(row) : actions.remove(row));
	return [
		"line",
		entry(t, "delete", "timeline.delete", { icon: Trash2, letter: "d", isBad: true, onSelect }),
	];
}
