import {
	type KeyboardEvent,
	type RefObject,
	useCallback,
	useEffect,
	useId,
	useRef,
	useState,
} from "react";
import { insert } from "../wrap";

/** `:word` that stands alone before the cursor; two letters, so that ":)" stays what it is. */
const SHORTCODE = /(?:^|[\s(])(:([\p{L}\p{N}_+-]{2,}))$/u;

type Word = { from: number; to: number; word: string };
type List = { id: string; option: string | null };

export type Offer = {
	id: string;
	word: string;
	/** Where the list puts what its keys do. */
	keys: RefObject<((event: KeyboardEvent) => boolean) | null>;
	onChoose: (emoji: string) => void;
	onOption: (option: string | null) => void;
	onShown: (isShown: boolean) => void;
	onClose: () => void;
};

export function shortcodeAt(text: string, caret: number): Word | null {
	const match = SHORTCODE.exec(text.slice(0, caret));
	if (!match) return null;
	const [, typed = "", word = ""] = match;
	return { from: caret - typed.length, to: caret, word };
}

/** Follows what is typed after a colon, and puts the chosen emoji in its place. */
export function useShortcode(field: RefObject<HTMLTextAreaElement | null>, text: string) {
	const id = useId();
	const keys = useRef<((event: KeyboardEvent) => boolean) | null>(null);
	const { at, setAt, follow, close } = useWord(text);
	const [option, setOption] = useState<string | null>(null);
	const [isShown, setShown] = useState(false);

	const choose = (emoji: string) => {
		const element = field.current;
		if (!element || !at) return;
		setAt(null);
		element.setSelectionRange(at.from, at.to);
		insert(element, /^\s/.test(element.value.slice(at.to)) ? emoji : `${emoji} `);
	};

	const open: Offer | null = at && {
		id,
		word: at.word,
		keys,
		onChoose: choose,
		onOption: setOption,
		onShown: setShown,
		onClose: close,
	};
	const list: List | null = at && isShown ? { id, option } : null;
	return {
		open,
		list,
		follow,
		close,
		handleKey: (event: KeyboardEvent) => (at !== null && keys.current?.(event)) || false,
	};
}

/** The word after a colon at the caret, unless its list was closed. */
function useWord(text: string) {
	const [at, setAt] = useState<Word | null>(null);
	/** Where a list was closed on purpose: it stays closed for that word. */
	const closedAt = useRef<number | null>(null);

	const follow = useCallback((element: HTMLTextAreaElement) => {
		const isCaret = element.selectionStart === element.selectionEnd;
		const next = isCaret ? shortcodeAt(element.value, element.selectionStart) : null;
		if (next === null || next.from !== closedAt.current) closedAt.current = null;
		setAt(next !== null && closedAt.current === null ? next : null);
	}, []);

	// Sent, or replaced from another tab: the word is gone with its text.
	useEffect(() => {
		if (text === "") setAt(null);
	}, [text]);

	const close = useCallback(() => {
		setAt((before) => {
			closedAt.current = before?.from ?? null;
			return null;
		});
	}, []);
	return { at, setAt, follow, close };
}
