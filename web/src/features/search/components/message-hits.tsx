import { type HistoryState, Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import type { Message } from "@/api/wire.gen";
import { useText } from "@/i18n/use-text";
import { faceOf } from "@/sync/chat-face";
import { useSync } from "@/sync/use-sync";
import { Avatar } from "@/ui/avatar";
import { useNow } from "@/ui/use-now";
import { type Search, useMessageSearch } from "../use-message-search";
import { useTold } from "../use-told";
import { HitWords } from "./hit-words";
import { HitsEnd } from "./hits-end";
import { SearchNote } from "./search-note";

type Props = {
	typed: string;
	/** The hit that one was led to: chat and place. */
	current: string | null;
	/** Before one goes to a hit. */
	onGo: () => void;
	/** What the step there keeps, and says. */
	stateTo: (hit: Message) => (before: HistoryState) => HistoryState;
};

/** Messages of all chats that hold what was typed above the list, below the chats of that name. */
export function MessageHits({ typed, ...rest }: Props) {
	const t = useText();
	const id = useId();
	const search = useMessageSearch(typed);
	useTold(search);
	if (search.status === "idle" || search.status === "short") return null;
	return (
		<section className="everywhere" aria-labelledby={id}>
			<h2 id={id} className="everywhere__h">
				{t("timeline.label")}
			</h2>
			<SearchNote search={search} />
			{search.status === "done" && <Hits {...rest} search={search} />}
			<HitsEnd search={search} />
		</section>
	);
}

const keyOf = ({ chat, seq }: Message) => `${chat}/${seq}`;

function Hits({ search, current, onGo, stateTo }: Omit<Props, "typed"> & { search: Search }) {
	const t = useText();
	const now = useNow();
	const me = useSync((state) => state.me?.id ?? "");
	const chats = useSync((state) => state.chats);
	const [stop, setStop] = useState<string | null>(null);
	const { hits, words } = search;
	const tabStop = hits.some((hit) => keyOf(hit) === stop) ? stop : hits[0] && keyOf(hits[0]);
	if (hits.length === 0) return null;
	return (
		<ul className="list" aria-label={t("timeline.label")}>
			{hits.map((hit) => {
				const chat = chats.get(hit.chat);
				if (chat === undefined) return null;
				const face = faceOf(chat, me);
				const key = keyOf(hit);
				return (
					<li key={key}>
						<Link
							to="/chats/$chat"
							params={{ chat: hit.chat }}
							search={{ at: hit.seq }}
							className="lrow hit"
							state={stateTo(hit)}
							aria-current={key === current ? "page" : undefined}
							tabIndex={key === tabStop ? 0 : -1}
							data-rove={key}
							draggable={false}
							onFocus={() => setStop(key)}
							onClick={onGo}
						>
							<Avatar id={face.id} name={face.name} photo={face.photo} isGroup={face.isGroup} />
							<HitWords
								message={hit}
								name={face.name}
								isMine={hit.sender === me}
								words={words}
								now={now}
							/>
						</Link>
					</li>
				);
			})}
		</ul>
	);
}
