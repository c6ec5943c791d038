import { useEffect, useRef } from "react";
import { useText } from "@/i18n/use-text";
import type { ChatFace } from "@/sync/chat-face";
import { classes } from "@/ui/classes";
import { useNow } from "@/ui/use-now";
import type { ChatSearch } from "../use-chat-search";
import { HitWords } from "./hit-words";
import { HitsEnd } from "./hits-end";

type Props = { id: string; face: ChatFace; me: string; chatSearch: ChatSearch };

/** The hits of one chat, newest first. The field above keeps the focus; these are its options. */
export function HitList({ id, face, me, chatSearch: { search, at, gone, go } }: Props) {
	const t = useText();
	const now = useNow();
	const list = useRef<HTMLDivElement>(null);
	const { hits, words, status } = search;
	const isShown = status === "done" && hits.length > 0;
	useEffect(() => {
		if (isShown) list.current?.children[at]?.scrollIntoView({ block: "nearest" });
	}, [at, isShown]);
	return (
		<>
			{isShown && (
				<div
					ref={list}
					id={`${id}-list`}
					role="listbox"
					aria-label={t("search.inChat")}
					className="hits"
				>
					{hits.map((hit, index) => (
						// biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the input keeps the focus and takes the keys; this is its option.
						<div
							key={hit.seq}
							id={`${id}-${index}`}
							role="option"
							aria-selected={index === at}
							aria-current={hit.seq === gone || undefined}
							className={classes("lrow hit", index === at && "is-hover")}
							onClick={() => go(index)}
						>
							<HitWords
								message={hit}
								name={hit.sender === me ? t("timeline.you") : face.name}
								words={words}
								now={now}
							/>
						</div>
					))}
				</div>
			)}
			<HitsEnd search={search} />
		</>
	);
}
