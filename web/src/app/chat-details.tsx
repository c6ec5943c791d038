import { type ReactNode, useEffect, useRef, useState } from "react";
import { BlockDialog, RemoveDialog } from "@/features/people/components/part-dialogs";
import { useBio } from "@/features/people/hooks";
import { useText } from "@/i18n/use-text";
import type { ChatFace } from "@/sync/chat-face";
import { isEmpty } from "@/sync/selectors";
import type { ChatEntry } from "@/sync/types";
import { Dialog } from "@/ui/dialog";
import { latePart, useLatePart } from "@/ui/late-part";
import { DeleteChat } from "./delete-chat";
import type { useDetails } from "./use-details";
import { useTakeBack } from "./use-take-back";

const pane = latePart(() =>
	import("@/features/chats/components/details-pane").then((module) => module.DetailsPane),
);

type Details = ReturnType<typeof useDetails>;
type Props = { chat: ChatEntry; face: ChatFace; details: Details; onSearch: () => void };

/** What is known about the chat, beside it or over it, and the questions that come from there. */
export function ChatDetails({ chat, face, details, onSearch }: Props) {
	const [asking, setAsking] = useState<"remove" | "block" | "delete" | null>(null);
	const isClosed = chat.closed_at !== null;
	const isShown = details.isPane || details.isDrawer;
	const DetailsPane = useLatePart(pane, isShown);
	// Back leads out of the details, and out of what they asked.
	if (!isShown && asking !== null) setAsking(null);
	// Known before somebody is blocked from here, so that the button turns in its place.
	const { isBlocked, takeBack } = useTakeBack(face, isShown);
	const close = () => setAsking(null);
	const title = useFocusAfter(asking !== null, `${isClosed} ${isBlocked}`);
	const { peer } = face;
	const bio = useBio(isShown && peer ? peer.account : null);
	const person = peer && { id: peer.account, name: face.name };
	const mayBlock = !isClosed || isBlocked === false;
	const body = DetailsPane && (
		<DetailsPane
			chat={chat}
			face={face}
			bio={bio}
			titleRef={title}
			onClose={details.close}
			onSearch={onSearch}
			onRemove={person && !isClosed ? () => setAsking("remove") : null}
			onBlock={person && mayBlock ? () => setAsking("block") : null}
			onUnblock={isClosed && isBlocked ? takeBack : null}
			onDelete={isEmpty(chat) ? null : () => setAsking("delete")}
		/>
	);
	return (
		<>
			{details.isPane && (
				<aside className="pane pane--details is-new" data-region aria-label={face.name}>
					{body}
				</aside>
			)}
			{details.isDrawer && <DetailsDrawer onClose={details.close}>{body}</DetailsDrawer>}
			{asking === "remove" && person && <RemoveDialog person={person} onClose={close} />}
			{asking === "block" && person && <BlockDialog person={person} onClose={close} />}
			<DeleteChat chat={asking === "delete" ? chat.id : null} onClose={close} />
		</>
	);
}

/** What was pressed goes away once it is answered, before the question or after it: the title takes the focus. */
function useFocusAfter(isAsking: boolean, outcome: string) {
	const title = useRef<HTMLHeadingElement>(null);
	const hasAsked = useRef(false);
	// biome-ignore lint/correctness/useExhaustiveDependencies: each outcome may take the focus away.
	useEffect(() => {
		if (isAsking) hasAsked.current = true;
		else if (hasAsked.current && document.activeElement === document.body) title.current?.focus();
	}, [isAsking, outcome]);
	return title;
}

function DetailsDrawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
	const t = useText();
	return (
		<Dialog title={t("details.title")} isTitleHidden placement="side" onClose={onClose}>
			{children}
		</Dialog>
	);
}
