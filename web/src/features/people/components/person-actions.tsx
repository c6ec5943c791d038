import { Link } from "@tanstack/react-router";
import { Ellipsis, MessageCircle, Undo2, UserMinus, UserPlus } from "lucide-react";
import { useState } from "react";
import type { Person } from "@/api/wire.gen";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import { directChatWith } from "@/sync/chat-face";
import { useSync } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { MenuButton } from "@/ui/menu-button";
import { showToast } from "@/ui/toast";
import { useBefriend, useUnfriend } from "../hooks";

/** What one can do about a person, by what one is to them. */
export function PersonActions({ person }: { person: Person }) {
	if (person.relation === "friend") return <FriendActions person={person} />;
	if (person.relation === "asking") return <AnswerActions person={person} />;
	if (person.relation === "asked") return <WithdrawAction person={person} />;
	if (person.relation === "blocked") return null;
	return <AddAction person={person} />;
}

function useFailure() {
	const t = useText();
	return (error: unknown) => showToast(problemText(error, t));
}

function AddAction({ person }: { person: Person }) {
	const t = useText();
	const onError = useFailure();
	const add = useBefriend();
	const done = () => announce(t("people.added", { name: person.name }));
	return (
		<Button
			size="s"
			icon={UserPlus}
			isBusy={add.isPending}
			aria-label={t("people.addNamed", { name: person.name })}
			onClick={() => add.mutate(person, { onSuccess: done, onError })}
		>
			<span>{t("people.add")}</span>
		</Button>
	);
}

function AnswerActions({ person }: { person: Person }) {
	const t = useText();
	const onError = useFailure();
	const accept = useBefriend();
	const decline = useUnfriend();
	const done = () => announce(t("people.accepted", { name: person.name }));
	return (
		<>
			<Button
				tone="primary"
				size="s"
				isBusy={accept.isPending}
				aria-label={t("people.acceptNamed", { name: person.name })}
				onClick={() => accept.mutate(person, { onSuccess: done, onError })}
			>
				<span>{t("people.accept")}</span>
			</Button>
			<Button
				size="s"
				isBusy={decline.isPending}
				aria-label={t("people.declineNamed", { name: person.name })}
				onClick={() => decline.mutate(person, { onError })}
			>
				<span>{t("people.decline")}</span>
			</Button>
		</>
	);
}

function WithdrawAction({ person }: { person: Person }) {
	const t = useText();
	const onError = useFailure();
	const withdraw = useUnfriend();
	return (
		<Button
			tone="ghost"
			size="s"
			icon={Undo2}
			isBusy={withdraw.isPending}
			aria-label={t("people.withdrawNamed", { name: person.name })}
			onClick={() => withdraw.mutate(person, { onError })}
		>
			<span>{t("people.withdraw")}</span>
		</Button>
	);
}

function FriendActions({ person }: { person: Person }) {
	const t = useText();
	const chat = useSync((state) => directChatWith(state.chats, person.id));
	const [isAsking, setAsking] = useState(false);
	const label = t("people.message", { name: person.name });
	return (
		<>
			{chat && (
				<Link
					to="/chats/$chat"
					params={{ chat }}
					className="icon-btn"
					aria-label={label}
					data-tip={label}
				>
					<Icon of={MessageCircle} />
				</Link>
			)}
			<MenuButton
				label={t("people.moreNamed", { name: person.name })}
				icon={Ellipsis}
				itemsOf={() => [
					{
						id: "remove",
						label: t("people.remove"),
						icon: UserMinus,
						isBad: true,
						onSelect: () => setAsking(true),
					},
				]}
			/>
			{isAsking && <RemoveDialog person={person} onClose={() => setAsking(false)} />}
		</>
	);
}

export function RemoveDialog({
	person,
	onClose,
}: {
	person: Pick<Person, "id" | "name">;
	onClose: () => void;
}) {
	const t = useText();
	const onError = useFailure();
	const remove = useUnfriend();
	return (
		<Dialog title={t("people.removeTitle", { name: person.name })} onClose={onClose}>
			<p className="t2 small-plus">{t("people.removeText")}</p>
			<DialogActions>
				<Button tone="ghost" onClick={onClose}>
					{t("people.keep")}
				</Button>
				<Button
					tone="danger"
					isBusy={remove.isPending}
					onClick={() => remove.mutate(person as Person, { onSuccess: onClose, onError })}
				>
					{t("people.remove")}
				</Button>
			</DialogActions>
		</Dialog>
	);
}
