import { Link } from "@tanstack/react-router";
import { Ban, Ellipsis, MessageCircle, Undo2, UserCheck, UserMinus, UserPlus } from "lucide-react";
import { useState } from "react";
import type { Person } from "@/api/wire.gen";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import { directChatWith } from "@/sync/chat-face";
import { useSync } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icon";
import type { MenuItem } from "@/ui/menu";
import { MenuButton } from "@/ui/menu-button";
import { showToast } from "@/ui/toast";
import { useBefriend, useDecline, useUnblock, useUnfriend } from "../hooks";
import { undoDecline, useDeclined } from "../undo-decline";
import { BlockDialog, RemoveDialog } from "./part-dialogs";

/** What one can do about a person, by what one is to them. */
export function PersonActions({ person }: { person: Person }) {
	const isDeclined = useDeclined().has(person.id);
	if (isDeclined) return <UndoAction person={person} />;
	if (person.relation === "friend") return <FriendActions person={person} />;
	if (person.relation === "asking") return <AnswerActions person={person} />;
	if (person.relation === "asked") return <WithdrawAction person={person} />;
	if (person.relation === "blocked") return <UnblockAction person={person} />;
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

/** Where the row stays after a request was declined: among what was searched for. */
function UndoAction({ person }: { person: Person }) {
	const t = useText();
	return (
		<Button tone="ghost" size="s" icon={Undo2} onClick={() => undoDecline(person.id)}>
			<span>{t("app.undo")}</span>
		</Button>
	);
}

function AnswerActions({ person }: { person: Person }) {
	const t = useText();
	const onError = useFailure();
	const accept = useBefriend();
	const decline = useDecline(onError);
	const done = () => announce(t("people.accepted", { name: person.name }));
	function handleDecline() {
		const undo = { label: t("app.undo"), onPress: () => undoDecline(person.id) };
		decline(person);
		showToast(t("people.declined", { name: person.name }), undo);
	}
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
				aria-label={t("people.declineNamed", { name: person.name })}
				onClick={handleDecline}
			>
				<span>{t("people.decline")}</span>
			</Button>
			<MoreActions person={person} isFriend={false} />
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
	const label = t("people.message", { name: person.name });
	return (
		<>
			{chat ? (
				<Link
					to="/chats/$chat"
					params={{ chat }}
					className="icon-btn prow__open"
					aria-label={label}
				>
					<Icon of={MessageCircle} />
				</Link>
			) : (
				// It holds the place, and the focus, of the chat that is on its way.
				<button
					type="button"
					className="icon-btn prow__open"
					aria-label={label}
					aria-disabled="true"
				>
					<Icon of={MessageCircle} />
				</button>
			)}
			<MoreActions person={person} isFriend />
		</>
	);
}

/** What ends things, one step further away. */
function MoreActions({ person, isFriend }: { person: Person; isFriend: boolean }) {
	const t = useText();
	const [asking, setAsking] = useState<"remove" | "block" | null>(null);
	const close = () => setAsking(null);
	const remove: MenuItem = {
		id: "remove",
		label: t("people.remove"),
		icon: UserMinus,
		isBad: true,
		onSelect: () => setAsking("remove"),
	};
	const block: MenuItem = {
		id: "block",
		label: t("people.block"),
		icon: Ban,
		isBad: true,
		onSelect: () => setAsking("block"),
	};
	return (
		<>
			<MenuButton
				label={t("people.moreNamed", { name: person.name })}
				icon={Ellipsis}
				itemsOf={() => (isFriend ? [remove, block] : [block])}
			/>
			{asking === "remove" && <RemoveDialog person={person} onClose={close} />}
			{asking === "block" && <BlockDialog person={person} onClose={close} />}
		</>
	);
}

function UnblockAction({ person }: { person: Person }) {
	const t = useText();
	const onError = useFailure();
	const unblock = useUnblock();
	const done = () => announce(t("people.unblocked", { name: person.name }));
	return (
		<Button
			size="s"
			icon={UserCheck}
			isBusy={unblock.isPending}
			aria-label={t("people.unblockNamed", { name: person.name })}
			onClick={() => unblock.mutate(person, { onSuccess: done, onError })}
		>
			<span>{t("people.unblock")}</span>
		</Button>
	);
}
