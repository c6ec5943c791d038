import { type KeyboardEvent, useEffect, useLayoutEffect, useState } from "react";
import { useText } from "@/i18n/use-text";
import { classes } from "@/ui/classes";
import { rememberEmoji, useTaste } from "@/ui/emoji-taste";
import { byCode, type Emoji, type EmojiSet, searchEmoji, withTone } from "./emoji-set";
import { useEmojiSet } from "./use-emoji-set";
import type { Offer } from "./use-shortcode";

const AT_MOST = 7;

/** What `:word` may become. The field keeps the focus and lends its keys. */
export function EmojiCompletion(offer: Offer) {
	const { id, word, keys, onChoose, onOption, onShown } = offer;
	const t = useText();
	const { tone } = useTaste();
	// Without them the words stay as they were typed, which is no fault to speak of.
	const { set } = useEmojiSet();
	const [at, setAt] = useState({ word, index: 0 });
	// Another word begins again at its best match.
	const index = at.word === word ? at.index : 0;
	const hits = set ? searchEmoji(set, word, AT_MOST) : [];
	const go = (next: number) => next !== index && setAt({ word, index: next });

	function choose(emoji: Emoji | undefined) {
		if (!emoji) return;
		rememberEmoji(emoji.emoji);
		onChoose(withTone(emoji, tone));
	}

	useLentKeys(keys, (event) => takeKey(event, offer, { set, hits, index, go, choose }));
	const isShown = hits.length > 0;
	useTold(isShown, word, { onOption, onShown });

	if (!isShown) return null;
	return (
		<div
			id={id}
			className="menu is-new completion"
			role="listbox"
			aria-label={t("emoji.completion", { query: word })}
		>
			{hits.map((emoji, place) => (
				<Option
					key={emoji.emoji}
					id={`${id}-${place}`}
					emoji={emoji}
					text={withTone(emoji, tone)}
					isActive={place === index}
					onPoint={() => go(place)}
					onChoose={() => choose(emoji)}
				/>
			))}
		</div>
	);
}

type Options = {
	set: EmojiSet | null;
	hits: readonly Emoji[];
	index: number;
	go: (index: number) => void;
	choose: (emoji: Emoji | undefined) => void;
};

/** What a key of the field means for the list; false for one that stays the field's own. */
function takeKey(event: KeyboardEvent, offer: Offer, options: Options): boolean {
	const { set, hits, index, go, choose } = options;
	const hasModifier = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
	const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
	const exact = event.key === ":" && set ? byCode(set, offer.word) : undefined;
	if (exact) choose(exact);
	else if (hits.length === 0 || hasModifier) return false;
	else if (step !== 0) {
		const next = (index + step + hits.length) % hits.length;
		go(next);
		// Told to readers only once one walks, or it would talk over the typing.
		offer.onOption(`${offer.id}-${next}`);
	} else if (event.key === "Enter" || event.key === "Tab") choose(hits[index]);
	else if (event.key === "Escape") offer.onClose();
	else return false;
	event.preventDefault();
	event.stopPropagation();
	return true;
}

/** The field asks here first, for as long as the list is mounted. */
function useLentKeys(keys: Offer["keys"], handleKey: (event: KeyboardEvent) => boolean) {
	useLayoutEffect(() => {
		keys.current = handleKey;
		return () => {
			keys.current = null;
		};
	});
}

/** Tells the field what it shows beside itself. */
function useTold(isShown: boolean, word: string, told: Pick<Offer, "onOption" | "onShown">) {
	const { onOption, onShown } = told;
	// biome-ignore lint/correctness/useExhaustiveDependencies: each word begins without a spoken option.
	useEffect(() => onOption(null), [word, onOption]);
	useEffect(() => {
		onShown(isShown);
		return () => onShown(false);
	}, [isShown, onShown]);
}

type OptionProps = {
	id: string;
	emoji: Emoji;
	text: string;
	isActive: boolean;
	/** The pointer moved over it; there is one current option, whoever leads. */
	onPoint: () => void;
	onChoose: () => void;
};

function Option({ id, emoji, text, isActive, onPoint, onChoose }: OptionProps) {
	return (
		// biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field keeps the focus and takes the keys; this is its option.
		<div
			id={id}
			role="option"
			aria-selected={isActive}
			className={classes("menu__i", isActive && "is-hover")}
			onPointerMove={onPoint}
			// The press must not take the focus out of the field.
			onPointerDown={(event) => event.preventDefault()}
			onClick={onChoose}
		>
			<span className="completion__emoji">{text}</span>
			<span className="clip">{emoji.name}</span>
			<bdi className="t2 small clip" dir="ltr">
				{emoji.codes[0] && `:${emoji.codes[0]}:`}
			</bdi>
		</div>
	);
}
