import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, type RefObject, useCallback, useState } from "react";
import { flushSync } from "react-dom";
import type { TimelineWays } from "@/features/timeline/components/timeline";
import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import type { ChatEntry, Row } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { latePart, useLatePart } from "@/ui/late-part";
import { showToast } from "@/ui/toast";

const dialog = latePart(() =>
	import("@/features/chats/components/forward-dialog").then((module) => module.ForwardDialog),
);

type Asked = { rows: readonly Row[]; onDone?: () => void };

/** Words of this chat on their way to others: asks to whom, sends them there, and leads after them. */
export function useForward(current: string, ways: RefObject<TimelineWays | null>) {
	const [asked, setAsked] = useState<Asked | null>(null);
	const ForwardDialog = useLatePart(dialog, asked !== null, () => setAsked(null));
	const actions = useActions();
	const tell = useTelling(current, ways);
	const forward = useCallback(
		(rows: readonly Row[], onDone?: () => void) => setAsked({ rows, onDone }),
		[],
	);
	// Closed before anything else moves: the focus goes back to where it was, and on from there.
	const close = () => flushSync(() => setAsked(null));

	function send(chats: readonly ChatEntry[]) {
		const ids = chats.map(({ id }) => id);
		actions.forward(ids, asked?.rows.map(({ message }) => message.body) ?? []);
		close();
		asked?.onDone?.();
		tell(chats);
	}

	const layer: ReactNode = asked && ForwardDialog && (
		<ForwardDialog onSend={send} onClose={close} />
	);
	return { forward, layer };
}

/** The open chat shows what came to it itself, but to whoever reads further up. */
function useTelling(current: string, ways: RefObject<TimelineWays | null>) {
	const t = useText();
	const navigate = useNavigate();
	const me = useSync((state) => state.me?.id ?? "");
	const isAtEnd = useSync((state) => !state.held.has(current));
	return (chats: readonly ChatEntry[]) => {
		const [first] = chats;
		if (first === undefined) return;
		const text =
			chats.length === 1
				? t("forward.done", { name: faceOf(first, me).name })
				: t("forward.doneMany", { count: chats.length });
		const isHere = first.id === current;
		const leave = () => void navigate({ to: "/chats/$chat", params: { chat: first.id } });
		const go = () => (isHere && ways.current ? ways.current.toSent() : leave());
		showToast(text, isHere && isAtEnd ? undefined : { label: t("app.show"), onPress: go });
	};
}
