import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { useText } from "@/i18n/use-text";
import { rememberEmoji, useTaste } from "@/ui/emoji-taste";
import { SearchField } from "@/ui/search-field";
import { useCloseRequest } from "@/ui/use-close-request";
import { EmojiFoot } from "./emoji-foot";
import { COLUMNS, EmojiGrid } from "./emoji-grid";
import { EmojiLayer } from "./emoji-layer";
import { type Emoji, type EmojiSet, searchEmoji, withTone } from "./emoji-set";
import { EmojiTabs } from "./emoji-tabs";
import { useEmojiSet } from "./use-emoji-set";

const MOST_HITS = 12 * COLUMNS;

type Props = { opener: Element; onPick: (emoji: string) => void; onClose: () => void };

/** Emoji by group and by search; a pick leaves it open while Shift is held. */
export function EmojiPanel({ opener, onPick, onClose }: Props) {
	const t = useText();
	const ref = useRef<HTMLDivElement>(null);
	const grid = useRef<HTMLDivElement>(null);
	const { set, hasFailed } = useEmojiSet();
	const { typed, hits, shown, setShown, search } = useSearch(set);
	const { recent, tone } = useTasteAtOpen();

	function pick(emoji: Emoji, staysOpen: boolean) {
		rememberEmoji(emoji.emoji);
		if (!staysOpen) onClose();
		onPick(withTone(emoji, tone));
	}

	function leave() {
		onClose();
		if (opener instanceof HTMLElement) opener.focus();
	}

	useCloseRequest(leave);
	const keys = useSearchKeys({ set, hasFailed, typed, hits, grid, onPick: pick });

	function handleTyped(text: string) {
		keys.forget();
		search(text);
	}

	return (
		<EmojiLayer ref={ref} opener={opener} onClose={onClose}>
			<div
				className="menu is-new emoji"
				role="dialog"
				tabIndex={-1}
				aria-label={t("composer.emoji")}
				onKeyDown={(event) => handleKey(event, () => (typed ? search("") : leave()))}
			>
				<SearchField
					label={t("emoji.search")}
					typed={typed}
					onType={handleTyped}
					onKeyDown={keys.handleKey}
					className="emoji__search"
				/>
				{!hits && set && <EmojiTabs grid={grid} hasRecent={recent.length > 0} />}
				<EmojiBody
					{...{ grid, set, hasFailed, hits, typed, recent }}
					onPick={pick}
					onShow={setShown}
					onLeave={() => ref.current?.querySelector("input")?.focus()}
				/>
				<EmojiFoot emoji={shown ?? hits?.[0] ?? null} tone={tone} />
			</div>
		</EmojiLayer>
	);
}

/** What was used last keeps its place while the panel is open, so that nothing moves under the pointer. */
function useTasteAtOpen() {
	const { recent, tone } = useTaste();
	const [recentAtOpen] = useState(recent);
	return { recent: recentAtOpen, tone };
}

type SearchKeys = {
	set: EmojiSet | null;
	hasFailed: boolean;
	typed: string;
	hits: readonly Emoji[] | null;
	grid: RefObject<HTMLDivElement | null>;
	onPick: (emoji: Emoji, staysOpen: boolean) => void;
};

/** The keys of the search. Enter may come before the emoji do: it picks the first hit, once there is one. */
function useSearchKeys({ set, hasFailed, typed, hits, grid, onPick }: SearchKeys) {
	const isAwaited = useRef(false);
	const first = hits?.[0];
	useEffect(() => {
		if (!isAwaited.current || !set) return;
		isAwaited.current = false;
		if (first) onPick(first, false);
	});

	function handleKey(event: KeyboardEvent<HTMLElement>) {
		if (event.nativeEvent.isComposing) return;
		if (event.key === "ArrowDown") grid.current?.querySelector("button")?.focus();
		else if (event.key === "Enter" && first) onPick(first, event.shiftKey);
		else if (event.key === "Enter" && !set && !hasFailed) isAwaited.current = typed.trim() !== "";
		else return;
		event.preventDefault();
	}

	function forget() {
		isAwaited.current = false;
	}
	return { handleKey, forget };
}

/** What is typed, what it finds, and whose name the foot shows. */
function useSearch(set: EmojiSet | null) {
	const [typed, setTyped] = useState("");
	const [shown, setShown] = useState<Emoji | null>(null);
	const hits = set && typed.trim() ? searchEmoji(set, typed, MOST_HITS) : null;
	function search(text: string) {
		setTyped(text);
		// The first hit is what Enter picks, so its name is shown.
		setShown(null);
	}
	return { typed, hits, shown, setShown, search };
}

/** Keys stay inside the panel; Escape goes one step back. */
function handleKey(event: KeyboardEvent<HTMLElement>, onBack: () => void) {
	event.stopPropagation();
	if (event.nativeEvent.isComposing) return;
	if (event.key === "Tab") keepInside(event);
	else if (event.key === "Escape") {
		event.preventDefault();
		onBack();
	}
}

type BodyProps = {
	grid: RefObject<HTMLDivElement | null>;
	set: EmojiSet | null;
	hasFailed: boolean;
	hits: readonly Emoji[] | null;
	typed: string;
	recent: readonly string[];
	onPick: (emoji: Emoji, staysOpen: boolean) => void;
	onShow: (emoji: Emoji | null) => void;
	onLeave: () => void;
};

/** The grid, or why there is none. */
function EmojiBody({ grid, set, hasFailed, hits, typed, ...rest }: BodyProps) {
	const t = useText();
	const { tone } = useTaste();
	return (
		<div className="emoji__body" aria-busy={!set && !hasFailed}>
			{hasFailed && <p className="emoji__none t2">{t("emoji.loadFailed")}</p>}
			{hits?.length === 0 && (
				<p className="emoji__none t2" role="status">
					{t("emoji.none", { query: typed.trim() })}
				</p>
			)}
			{set && hits?.length !== 0 && (
				<EmojiGrid ref={grid} set={set} hits={hits} tone={tone} {...rest} />
			)}
		</div>
	);
}

/** Tab goes around within the panel, which stands at the end of the document. */
function keepInside(event: KeyboardEvent<HTMLElement>) {
	const stops = [
		...event.currentTarget.querySelectorAll<HTMLElement>("input, button:not([tabindex='-1'])"),
	];
	const at = stops.indexOf(document.activeElement as HTMLElement);
	const next = stops[(at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length];
	event.preventDefault();
	next?.focus();
}
