import { Plus } from "lucide-react";
import { useText } from "@/i18n/use-text";
import { isGivenBy } from "@/sync/reactions";
import type { Row } from "@/sync/types";
import { useTaste } from "@/ui/emoji-taste";
import { Icon } from "@/ui/icon";
import { quickEmoji } from "../quick-emoji";
import type { RowActions } from "../use-row-actions";

type Props = {
	row: Row;
	me: string;
	actions: RowActions;
	/** What the menu was opened for: its focus begins here. */
	isFirst: boolean;
	/** Any other emoji is wanted. */
	onMore: (row: Row) => void;
	onClose: () => void;
};

/** The emoji at hand: one press gives it, or takes back what was given. */
export function QuickRow({ row, me, actions, isFirst, onMore, onClose }: Props) {
	const t = useText();
	const { recent } = useTaste();
	const own = row.message.reactions.filter((it) => isGivenBy(it, me)).map(({ emoji }) => emoji);
	const first = isFirst || undefined;
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a menu.
		<div className="menu__chips" role="group" aria-label={t("timeline.react")}>
			{quickEmoji(recent).map((emoji) => (
				<button
					key={emoji}
					type="button"
					role="menuitemcheckbox"
					aria-checked={own.includes(emoji)}
					tabIndex={-1}
					data-first={first}
					onClick={() => {
						onClose();
						actions.react(row, emoji, !own.includes(emoji));
					}}
				>
					{emoji}
				</button>
			))}
			<button
				type="button"
				role="menuitem"
				aria-label={t("timeline.moreEmoji")}
				aria-haspopup="dialog"
				tabIndex={-1}
				onClick={() => {
					onClose();
					onMore(row);
				}}
			>
				<Icon of={Plus} />
			</button>
		</div>
	);
}
