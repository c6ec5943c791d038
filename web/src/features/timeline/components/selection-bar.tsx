import { Copy, Forward, Trash2, X } from "lucide-react";
import { useText } from "@/i18n/use-text";
import type { ChatEntry } from "@/sync/types";
import { Button, IconButton } from "@/ui/button";
import type { RowActions } from "../use-row-actions";
import { type Picking, useSelectionKeys } from "../use-selection";

type Props = {
	picking: Picking;
	chat: ChatEntry;
	me: string;
	canWrite: boolean;
	actions: RowActions;
};

/** Stands where the composer was: how many rows are chosen, and what may be done with them. */
export function SelectionBar({ picking, chat, me, canWrite, actions }: Props) {
	const t = useText();
	const { rows, clear } = picking;
	const count = rows.length;
	// A refused message is only here, so it may go though nobody can write any more.
	const own = rows.filter(
		({ message, state }) => message.sender === me && (canWrite || state === "failed"),
	);
	const nameOf = (account: string) =>
		account === me ? t("timeline.you") : (chat.members.get(account)?.name ?? "");

	function leave() {
		clear();
		focusTabStop();
	}
	function copy() {
		actions.copyAll(rows, nameOf);
		leave();
	}
	function removeOwn() {
		actions.removeAll(own);
		leave();
	}
	const onRemove = own.length > 0 ? removeOwn : null;
	useSelectionKeys(count > 0, { onClear: leave, onCopy: copy, onRemove });
	if (count === 0) return null;

	return (
		<section className="selbar" aria-label={t("timeline.selection")} data-region>
			<div className="selbar__in">
				<IconButton label={t("timeline.selectEnd")} icon={X} keys="Esc" onClick={leave} />
				<span className="grow clip num med">{t("timeline.selected", { count })}</span>
				<Button
					tone="ghost"
					icon={Forward}
					isIconFlipped
					onClick={() => actions.forward(rows, leave)}
				>
					<span className="selbar__word">{t("timeline.forward")}</span>
				</Button>
				<Button tone="ghost" icon={Copy} onClick={copy}>
					<span className="selbar__word">{t("timeline.copySelected")}</span>
				</Button>
				{onRemove && (
					<Button tone="ghost" className="bad" icon={Trash2} onClick={onRemove}>
						<span className="selbar__word">
							{own.length === count
								? t("timeline.delete")
								: t("timeline.deleteYours", { count: own.length })}
						</span>
					</Button>
				)}
			</div>
		</section>
	);
}

/** The bar takes its focus with it when it goes; the rows' own tab stop is near by. */
function focusTabStop() {
	if (document.activeElement?.closest(".selbar") === null) return;
	document
		.querySelector<HTMLElement>('.timeline [data-rove][tabindex="0"]')
		?.focus({ preventScroll: true });
}
