import {
	Archive,
	ArchiveRestore,
	AtSign,
	Ban,
	Link as LinkIcon,
	type LucideIcon,
	Search,
	Trash2,
	UserCheck,
	UserMinus,
	X,
} from "lucide-react";
import type { RefObject } from "react";
import { dateOf, numberOf } from "@/i18n/format";
import { presenceText } from "@/i18n/presence-text";
import { useText } from "@/i18n/use-text";
import type { ChatFace } from "@/sync/chat-face";
import { selectPeerPresence } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { Avatar } from "@/ui/avatar";
import { IconButton } from "@/ui/button";
import { classes } from "@/ui/classes";
import { copyOut } from "@/ui/copy-out";
import { Icon } from "@/ui/icon";
import { showToast } from "@/ui/toast";
import { useNow } from "@/ui/use-now";
import { useHiddenCount } from "../use-hidden-count";
import { useMine } from "../use-mine";
import { MineActions, Notifications } from "./mine-actions";

type Props = {
	chat: ChatEntry;
	face: ChatFace;
	/** What the person says of themselves; empty when nothing, or not known yet. */
	bio: string;
	/** Takes the focus where what had it is gone. */
	titleRef: RefObject<HTMLHeadingElement | null>;
	onClose: () => void;
	onSearch: () => void;
	/** Null where there is no friendship to end. */
	onRemove: (() => void) | null;
	/** Null where nobody can be blocked, or is already. */
	onBlock: (() => void) | null;
	/** Set where I block them. */
	onUnblock: (() => void) | null;
	/** Null where there is nothing to delete. */
	onDelete: (() => void) | null;
};

/** What is known about the chat and the person, and what one can do about them. */
export function DetailsPane({ chat, face, bio, titleRef, onClose, onSearch, ...ways }: Props) {
	const t = useText();
	return (
		<>
			<header className="head">
				<h2 ref={titleRef} tabIndex={-1} className="grow">
					{t("details.title")}
				</h2>
				<IconButton label={t("details.close")} icon={X} onClick={onClose} />
			</header>
			<Who chat={chat.id} face={face} />
			<MineActions chat={chat} />
			{bio && (
				<section className="sect">
					<h3 className="sect__h">{t("details.about")}</h3>
					<p className="who__bio" dir="auto">
						{bio}
					</p>
				</section>
			)}
			<section className="sect">
				<Notifications chat={chat} />
				<Fact name={t("details.since")} value={dateOf(chat.created_at)} />
				<Counts chat={chat} face={face} />
			</section>
			<ChatActions chat={chat} username={face.peer?.username ?? null} onSearch={onSearch} />
			<PartActions {...ways} />
		</>
	);
}

/** How much there is to see, and how far they have read in it. */
function Counts({ chat, face: { peer } }: { chat: ChatEntry; face: ChatFace }) {
	const t = useText();
	const hidden = useHiddenCount(chat);
	if (hidden === null) return null;
	const all = chat.n - hidden;
	return (
		<>
			<Fact name={t("details.messages")} value={numberOf(all)} />
			{peer && <Fact name={t("details.theyRead")} value={readWord(all, peer.read_n - hidden, t)} />}
		</>
	);
}

/** What ends things, or the way back from there. */
function PartActions({
	onRemove,
	onBlock,
	onUnblock,
	onDelete,
}: Pick<Props, "onRemove" | "onBlock" | "onUnblock" | "onDelete">) {
	const t = useText();
	// One button for both: the focus stays where it was pressed.
	const turn = onUnblock
		? { icon: UserCheck, name: t("people.unblock"), onPress: onUnblock }
		: onBlock && { icon: Ban, name: t("people.block"), isBad: true, onPress: onBlock };
	if (!onRemove && !turn && !onDelete) return null;
	return (
		<section className="sect sect--acts">
			{onUnblock && (
				<p className="note">
					<Icon of={Ban} size="s" />
					{t("people.blockedWord")}
				</p>
			)}
			{onRemove && <Act icon={UserMinus} name={t("people.remove")} isBad onPress={onRemove} />}
			{turn && <Act {...turn} />}
			{onDelete && <Act icon={Trash2} name={t("chats.delete")} isBad onPress={onDelete} />}
		</section>
	);
}

type ActionsProps = { chat: ChatEntry; username: string | null; onSearch: () => void };

function ChatActions({ chat, username, onSearch }: ActionsProps) {
	const t = useText();
	const { archive } = useMine(chat);
	const { archived } = chat.mine;
	const copy = (text: string) =>
		void copyOut(text).then((isCopied) => isCopied && showToast(t("app.copied")));
	return (
		<section className="sect sect--acts">
			<Act icon={Search} name={t("search.inChat")} onPress={onSearch} />
			<Act
				icon={archived ? ArchiveRestore : Archive}
				name={t(archived ? "chats.unarchive" : "chats.archive")}
				onPress={() => archive(!archived)}
			/>
			<Act
				icon={LinkIcon}
				name={t("details.copyLink")}
				onPress={() => copy(`${location.origin}/chats/${chat.id}`)}
			/>
			{username && (
				<Act icon={AtSign} name={t("details.copyUsername")} onPress={() => copy(`@${username}`)} />
			)}
		</section>
	);
}

type ActProps = { icon: LucideIcon; name: string; isBad?: boolean; onPress: () => void };

function Act({ icon, name, isBad = false, onPress }: ActProps) {
	return (
		<button type="button" className={classes("menu__i", isBad && "menu__i--bad")} onClick={onPress}>
			<Icon of={icon} />
			{name}
		</button>
	);
}

function readWord(all: number, read: number, t: ReturnType<typeof useText>): string {
	if (all === 0 || read <= 0) return t("details.theyReadNone");
	const left = Math.max(0, all - read);
	return left === 0 ? t("details.theyReadAll") : t("details.theyReadLeft", { count: left });
}

function Who({ chat, face }: { chat: string; face: ChatFace }) {
	const t = useText();
	const now = useNow();
	const presence = useSync((state) => selectPeerPresence(state, chat));
	const seen = presenceText(presence, now, t);
	return (
		<div className="who">
			<Avatar id={face.id} name={face.name} photo={face.photo} isGroup={face.isGroup} size={88} />
			<div className="grow">
				<h3 className="who__name" dir="auto">
					{face.name}
				</h3>
				{face.peer?.username && (
					<p className="small t2">
						<bdi dir="ltr">@{face.peer.username}</bdi>
					</p>
				)}
				{seen && (
					<p className={presence?.online ? "small ok who__seen" : "small t2 who__seen"}>{seen}</p>
				)}
			</div>
		</div>
	);
}

function Fact({ name, value }: { name: string; value: string }) {
	return (
		<div className="line line--fact">
			<span className="grow">{name}</span>
			<span className="small t2 num">{value}</span>
		</div>
	);
}
