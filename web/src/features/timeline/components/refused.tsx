import { CircleAlert } from "lucide-react";
import { refusalText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import type { Row } from "@/sync/types";
import { Icon } from "@/ui/icon";
import type { RowActions } from "../use-row-actions";

type Props = { row: Row; canWrite: boolean; actions: RowActions };

/** A part of every row would cost the page more than all the rows that are refused. */
export function isRefused({ state, pending }: Row): boolean {
	return state === "failed" || pending?.state === "failed";
}

/** What was refused says so under its row, with what can be done; a message itself, or a change of it. */
export function Refused({ row, canWrite, actions }: Props) {
	const t = useText();
	const { pending } = row;
	if (row.state === "failed") {
		return (
			<Note text={refusalText(pending?.error ?? null, t) ?? t("timeline.notSent")}>
				<Act label={t("timeline.retry")} onPress={() => actions.retry(row)} />
				<Act label={t("timeline.delete")} onPress={() => actions.discard(row)} />
			</Note>
		);
	}
	const leave = <Act label={t("timeline.leaveIt")} onPress={() => actions.discard(row)} />;
	if (pending?.kind === "delete") {
		return (
			<Note text={t("timeline.notDeleted")}>
				<Act label={t("timeline.retry")} onPress={() => actions.retry(row)} />
				{leave}
			</Note>
		);
	}
	return (
		<Note text={refusalText(pending?.error ?? null, t) ?? t("timeline.notSaved")}>
			{canWrite && <Act label={t("timeline.editAgain")} onPress={() => actions.edit(row)} />}
			{leave}
		</Note>
	);
}

function Note({ text, children }: { text: string; children: React.ReactNode }) {
	return (
		<div className="fail" role="status">
			<Icon of={CircleAlert} size="xs" />
			<span dir="auto">{text}</span>
			{children}
		</div>
	);
}

function Act({ label, onPress }: { label: string; onPress: () => void }) {
	return (
		<button type="button" onClick={onPress}>
			{label}
		</button>
	);
}
