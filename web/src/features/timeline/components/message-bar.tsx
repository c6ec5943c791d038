import { Ellipsis, Pencil, Reply, SmilePlus } from "lucide-react";
import { useText } from "@/i18n/use-text";
import type { Row } from "@/sync/types";
import { IconButton } from "@/ui/button";
import type { Anchor } from "@/ui/place";
import { isAnswerable, type RowActions } from "../use-row-actions";

type Props = {
	row: Row;
	isOwn: boolean;
	canWrite: boolean;
	actions: RowActions;
	onMenu: (row: Row, anchor: Anchor) => void;
	onReact: (row: Row, anchor: Anchor) => void;
};

/** The few actions at hand above the pointed row. By keyboard they are in its menu. */
export function MessageBar({ row, isOwn, canWrite, actions, onMenu, onReact }: Props) {
	const t = useText();
	return (
		<div className="msg__bar">
			{isAnswerable(row, canWrite, false) && (
				<>
					<IconButton
						label={t("timeline.react")}
						icon={SmilePlus}
						size="s"
						tabIndex={-1}
						aria-haspopup="menu"
						onClick={(event) => onReact(row, { element: event.currentTarget })}
					/>
					<IconButton
						label={t("timeline.reply")}
						icon={Reply}
						size="s"
						isFlipped
						tabIndex={-1}
						onClick={() => actions.reply(row)}
					/>
				</>
			)}
			{canWrite && isOwn && (
				<IconButton
					label={t("timeline.edit")}
					icon={Pencil}
					size="s"
					tabIndex={-1}
					onClick={() => actions.edit(row)}
				/>
			)}
			<IconButton
				label={t("timeline.more")}
				icon={Ellipsis}
				size="s"
				tabIndex={-1}
				aria-haspopup="menu"
				onClick={(event) => onMenu(row, { element: event.currentTarget })}
			/>
		</div>
	);
}
