import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { ChatHead } from "@/features/chats/components/chat-head";
import { Composer } from "@/features/composer/components/composer";
import { useKeptEdits } from "@/features/composer/kept-edits";
import { Timeline, type TimelineWays } from "@/features/timeline/components/timeline";
import { usePendingDeletes } from "@/features/timeline/undo-delete";
import { faceOf } from "@/sync/chat-face";
import { selectDraft, selectTimeline } from "@/sync/selectors";
import type { ChatEntry, Row } from "@/sync/types";
import { useActions, useSync } from "@/sync/use-sync";
import { askFor } from "./ask-for";
import { ChatSide } from "./chat-side";
import { ClosedFoot } from "./closed-foot";
import { useReactionPicker } from "./reaction-picker";
import { useDetails } from "./use-details";
import { useForward } from "./use-forward";
import { useLeaveDeleted } from "./use-leave-deleted";
import { useSearch } from "./use-search";

type Props = {
	chat: ChatEntry;
	at: number | null;
	/** The step that led to `at`; another one each time. */
	asked: string | null;
	onBack: () => void;
};

/** One chat: head, messages, composer, and what is beside or over them. */
export function ChatPane({ chat, at, asked, onBack }: Props) {
	const me = useSync((state) => state.me?.id ?? "");
	const face = faceOf(chat, me);
	const canWrite = chat.closed_at === null;
	const { editing, setEditing, reply, editLast } = useAim(chat.id, me);
	const side = useSide();
	useLeaveDeleted(chat, face.name);
	const permalink = usePermalink(chat.id, at);
	const picker = useReactionPicker();
	const ways = useRef<TimelineWays>(null);
	const { forward, layer } = useForward(chat.id, ways);
	const [slot, setSlot] = useState<HTMLElement | null>(null);

	function handleSent() {
		ways.current?.toSent();
		permalink.clear();
	}

	return (
		<>
			<main id="main" className="pane pane--main">
				<ChatHead {...side.head} {...{ chat, face, onBack }} />
				<div ref={setSlot} />
				<Timeline
					ref={ways}
					{...{ chat, canWrite, at, asked }}
					onReply={reply}
					onEdit={setEditing}
					onEmoji={picker.open}
					onForward={forward}
				/>
				{canWrite ? (
					<Composer
						chat={chat.id}
						name={face.name}
						editing={editing}
						onEditEnd={() => setEditing(null)}
						onEditLast={editLast}
						onJump={permalink.follow}
						onSent={handleSent}
					/>
				) : (
					<ClosedFoot face={face} />
				)}
			</main>
			{picker.panel}
			<ChatSide
				{...side.parts}
				{...{ chat, face, slot }}
				onGo={(seq) => ways.current?.toHit(seq)}
			/>
			{layer}
		</>
	);
}

/** What is beside the chat or over it, and how its head opens that. */
function useSide() {
	const details = useDetails();
	const search = useSearch();
	const isSearchBeside = search.mode === "pane";
	return {
		parts: { details, search },
		head: {
			isDetailsOpen: details.isOpen && !isSearchBeside,
			onSearch: search.open,
			onDetails() {
				if (!isSearchBeside) return details.toggle();
				search.close();
				details.open();
			},
		},
	};
}

/** The message that the address names: going to one, and letting go of it. */
function usePermalink(chat: string, at: number | null) {
	const navigate = useNavigate();
	const go = { to: "/chats/$chat", params: { chat }, replace: true } as const;
	return {
		follow: (seq: number) =>
			void navigate({ ...go, search: { at: seq }, state: askFor(chat, seq) }),
		clear() {
			// The step is still the one that was searched for, and leads back to the hits.
			if (at !== null) void navigate({ ...go, state: true });
		},
	};
}

/** What the next words are for: a message of their own, an answer, or a change of an old one. */
function useAim(chat: string, me: string) {
	const actions = useActions();
	const draftBody = useLatestDraft(chat);
	const gone = usePendingDeletes();
	const lastOwn = useLastOwn(chat, me, gone);
	const begun = useBegunEdit(chat);
	const [editing, setEditing] = useState<Row | null>(begun);
	// Whoever deletes a message is done with its words.
	if (editing && gone.has(editing.key)) setEditing(null);
	const reply = useCallback(
		(row: Row) => {
			setEditing(null);
			actions.saveDraft(chat, { body: draftBody.current, replyToSeq: row.message.seq });
		},
		[actions, chat, draftBody],
	);
	return { editing, setEditing, reply, editLast: () => setEditing(lastOwn()) };
}

/** What one was changing when one left the chat, unless it is deleted by now. */
function useBegunEdit(chat: string): Row | null {
	const row = useKeptEdits().get(chat)?.row ?? null;
	const seq = row?.message.seq ?? 0;
	const isThere = useSync(
		({ timelines }) => (timelines.get(chat)?.bySeq.get(seq)?.deleted_at ?? null) === null,
	);
	return isThere ? row : null;
}

/** The draft's text at the moment it is needed, without drawing again for each letter. */
function useLatestDraft(chat: string) {
	const body = useRef("");
	useSync((state) => {
		body.current = selectDraft(state, chat)?.body ?? "";
		return null;
	});
	return body;
}

function useLastOwn(chat: string, me: string, gone: ReadonlySet<string>): () => Row | null {
	const rows = useRef<readonly Row[]>([]);
	const view = useSync((state) => selectTimeline(state, chat));
	useEffect(() => {
		rows.current = view.rows;
	}, [view.rows]);
	return useCallback(
		() =>
			rows.current.findLast(
				({ key, message }) =>
					message.sender === me && message.deleted_at === null && !gone.has(key),
			) ?? null,
		[me, gone],
	);
}
