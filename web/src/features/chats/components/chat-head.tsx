import { ChevronLeft, EllipsisVertical, PanelRight, Search } from "lucide-react";
import { useEffect } from "react";
import { presenceText } from "@/i18n/presence-text";
import { useText } from "@/i18n/use-text";
import type { ChatFace } from "@/sync/chat-face";
import { selectPeerPresence, selectTyping } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { Avatar } from "@/ui/avatar";
import { IconButton } from "@/ui/button";
import { keysOf } from "@/ui/platform";
import { useSlow } from "@/ui/skeleton";
import { useNow } from "@/ui/use-now";

type Props = {
	chat: ChatEntry;
	face: ChatFace;
	isDetailsOpen: boolean;
	onBack: () => void;
	onDetails: () => void;
	onSearch: () => void;
};

/** Who one is talking to, and whether they are there. */
export function ChatHead({ chat, face, isDetailsOpen, onBack, onDetails, onSearch }: Props) {
	const t = useText();
	return (
		<header className="head head--line" data-region>
			<IconButton
				label={t("app.back")}
				icon={ChevronLeft}
				isFlipped
				className="only-phone"
				onClick={onBack}
			/>
			<Who chat={chat} face={face} onDetails={onDetails} />
			<IconButton
				label={t("search.inChat")}
				icon={Search}
				className="only-wide"
				keys={keysOf("F")}
				onClick={onSearch}
			/>
			<IconButton
				label={t("details.show")}
				icon={PanelRight}
				isFlipped
				className="only-wide"
				aria-expanded={isDetailsOpen}
				onClick={onDetails}
			/>
			<IconButton
				label={t("details.show")}
				icon={EllipsisVertical}
				className="only-phone"
				onClick={onDetails}
			/>
		</header>
	);
}

type WhoProps = Pick<Props, "chat" | "face" | "onDetails">;

function Who({ chat, face, onDetails }: WhoProps) {
	const t = useText();
	const isOnline = useSync((state) => selectPeerPresence(state, chat.id)?.online === true);
	return (
		<div className="head__me grow">
			<button
				type="button"
				className="head__who"
				onClick={onDetails}
				aria-label={t("details.show")}
			>
				<Avatar
					id={face.id}
					name={face.name}
					photo={face.photo}
					isGroup={face.isGroup}
					isOnline={isOnline}
					size={32}
				/>
			</button>
			<div className="grow">
				<h1 className="clip head__name" dir="auto">
					{face.name}
				</h1>
				<StatusLine chat={chat} face={face} />
			</div>
		</div>
	);
}

/** How long room is kept for what may be heard of somebody: a presence comes sooner, or not at all. */
const HEARING_MS = 1000;

/** Typing, else presence, else the username; where none of these is, the name has the room. */
function StatusLine({ chat, face }: Pick<Props, "chat" | "face">) {
	const t = useText();
	const actions = useActions();
	const account = face.peer?.account ?? null;
	const username = face.peer?.username ?? null;
	const isTyping = useSync((state) => selectTyping(state, chat.id).length > 0);
	const presence = useSync((state) => selectPeerPresence(state, chat.id));
	const now = useNow();
	useEffect(
		() => (account === null ? undefined : actions.watchPresence([account])),
		[actions, account],
	);
	const isDue = presence === null && account !== null && chat.closed_at === null;
	const isUnheard = useSlow(isDue, HEARING_MS);
	if (isTyping) return <p className="head__sub acc">{t("presence.typing")}</p>;
	const seen = presenceText(presence, now, t);
	if (seen !== null) return <p className="head__sub">{seen}</p>;
	if (username !== null) {
		return (
			<p className="head__sub">
				<bdi dir="ltr">@{username}</bdi>
			</p>
		);
	}
	return isDue && !isUnheard ? <p className="head__sub">{"\u00a0"}</p> : null;
}
