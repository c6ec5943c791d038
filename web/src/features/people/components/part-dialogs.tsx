import type { Person } from "@/api/wire.gen";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { showToast } from "@/ui/toast";
import { useBlock, useUnfriend } from "../hooks";

type Props = { person: Pick<Person, "id" | "name">; onClose: () => void };

/** Ends a friendship, once it is said what that means. */
export function RemoveDialog({ person, onClose }: Props) {
	const t = useText();
	const remove = useUnfriend();
	return (
		<PartDialog
			title={t("people.removeTitle", { name: person.name })}
			text={t("people.removeText")}
			backLabel={t("people.keep")}
			doLabel={t("people.remove")}
			isBusy={remove.isPending}
			onDo={() =>
				remove.mutate(person, {
					onSuccess: onClose,
					onError: (error) => showToast(problemText(error, t)),
				})
			}
			onClose={onClose}
		/>
	);
}

export function BlockDialog({ person, onClose }: Props) {
	const t = useText();
	const block = useBlock();
	return (
		<PartDialog
			title={t("people.blockTitle", { name: person.name })}
			text={t("people.blockText")}
			backLabel={t("app.cancel")}
			doLabel={t("people.block")}
			isBusy={block.isPending}
			onDo={() =>
				block.mutate(person, {
					onSuccess: onClose,
					onError: (error) => showToast(problemText(error, t)),
				})
			}
			onClose={onClose}
		/>
	);
}

type PartProps = {
	title: string;
	text: string;
	backLabel: string;
	doLabel: string;
	isBusy: boolean;
	onDo: () => void;
	onClose: () => void;
};

function PartDialog({ title, text, backLabel, doLabel, isBusy, onDo, onClose }: PartProps) {
	return (
		<Dialog title={title} onClose={onClose}>
			<p className="t2 small-plus">{text}</p>
			<DialogActions>
				<Button tone="ghost" onClick={onClose}>
					{backLabel}
				</Button>
				<Button tone="danger" isBusy={isBusy} onClick={onDo}>
					{doLabel}
				</Button>
			</DialogActions>
		</Dialog>
	);
}
