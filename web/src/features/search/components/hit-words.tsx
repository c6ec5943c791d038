import { Fragment } from "react";
import type { Message } from "@/api/wire.gen";
import { longTimeOf, shortWhen } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import { snippetOf } from "../snippet";

type Props = {
	message: Message;
	/** Whose words they are, or the chat that they stand in. */
	name: string;
	/** Where the name does not tell that they are one's own. */
	isMine?: boolean;
	words: string;
	now: number;
};

/** A hit: whose, when, and what it says around the words that were searched for. */
export function HitWords({ message, name, isMine = false, words, now }: Props) {
	const t = useText();
	const { body, created_at: at } = message;
	return (
		<span className="grow hit__in">
			<span className="lrow__top">
				<span className="lrow__name clip" dir="auto">
					{name}
				</span>
				<time className="lrow__time" dateTime={new Date(at).toISOString()} title={longTimeOf(at)}>
					{shortWhen(at, now)}
				</time>
			</span>
			<span className="hit__text" dir="auto">
				{/* Apart from the words, whose direction is not that of the interface. */}
				{isMine && <bdi>{t("chats.you")}</bdi>} <Snippet body={body} words={words} />
			</span>
		</span>
	);
}

function Snippet({ body, words }: { body: string; words: string }) {
	return snippetOf(body, words).map(({ text, isMarked }, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text keep their order.
		<Fragment key={index}>{isMarked ? <mark>{text}</mark> : text}</Fragment>
	));
}
