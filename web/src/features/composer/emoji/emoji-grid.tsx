import { type KeyboardEvent, memo, type RefObject, useMemo, useState } from "react";
import { useText } from "@/i18n/use-text";
import { type Emoji, type EmojiSet, type Group, withTone } from "./emoji-set";

export const COLUMNS = 9;
const ROW_PX = 36;

type Section = { id: Group | "recent" | "hits"; emoji: readonly Emoji[] };

type Props = {
	ref: RefObject<HTMLDivElement | null>;
	set: EmojiSet;
	/** The hits of the search, in place of the groups. */
	hits: readonly Emoji[] | null;
	recent: readonly string[];
	tone: number;
	onPick: (emoji: Emoji, staysOpen: boolean) => void;
	/** The emoji under the pointer or the focus. */
	onShow: (emoji: Emoji | null) => void;
	/** Up from the first row, or a letter: back to the search. */
	onLeave: () => void;
};

/** A grid with one tab stop. Its cells are told apart by what they carry, so none needs a listener. */
export function EmojiGrid({ ref, set, hits, recent, tone, onPick, onShow, onLeave }: Props) {
	const t = useText();
	const [active, setActive] = useState<string | null>(null);
	const sections = useMemo(() => sectionsOf(set, hits, recent), [set, hits, recent]);
	const first = sections[0]?.emoji[0];
	const tabStop = active ?? (first ? `${sections[0]?.id} ${first.emoji}` : null);

	const emojiAt = (target: EventTarget): Emoji | null => {
		const cell = (target as Element).closest<HTMLElement>("[data-emoji]");
		return set.byText.get(cell?.dataset.emoji ?? "") ?? null;
	};

	function handleKey(event: KeyboardEvent<HTMLElement>) {
		const isLetter = event.key.length === 1 && event.key !== " ";
		if (isLetter && !event.ctrlKey && !event.metaKey) return onLeave();
		const next = neighbour(event.currentTarget, event.target as Element, event.key);
		if (next === undefined) return;
		event.preventDefault();
		if (next === null) onLeave();
		else next.focus();
	}

	return (
		// biome-ignore lint/a11y/useSemanticElements: a table has no cells that one presses and walks through.
		<div
			ref={ref}
			className="emoji__grid"
			role="grid"
			aria-label={t("composer.emoji")}
			onKeyDown={handleKey}
			onClick={(event) => {
				const emoji = emojiAt(event.target);
				if (emoji) onPick(emoji, event.shiftKey);
			}}
			onMouseOver={(event) => onShow(emojiAt(event.target))}
			onFocus={(event) => {
				onShow(emojiAt(event.target));
				setActive(event.target.dataset.cell ?? null);
			}}
		>
			{sections.map((section) => (
				<GridSection key={section.id} section={section} tone={tone} tabStop={tabStop} />
			))}
		</div>
	);
}

function sectionsOf(
	set: EmojiSet,
	hits: readonly Emoji[] | null,
	recent: readonly string[],
): Section[] {
	if (hits) return [{ id: "hits", emoji: hits }];
	const used = recent.flatMap((emoji) => set.byText.get(emoji) ?? []);
	return [
		...(used.length > 0 ? [{ id: "recent" as const, emoji: used }] : []),
		...set.groups.map(({ group, emoji }) => ({ id: group, emoji })),
	];
}

type SectionProps = { section: Section; tone: number; tabStop: string | null };

/** Drawn again only for its own tab stop: there are close to two thousand cells. */
const GridSection = memo(
	function GridSection({ section: { id, emoji }, tone, tabStop }: SectionProps) {
		const t = useText();
		const name = id === "hits" ? null : t(`emoji.${id}`);
		const rows = rowsOf(emoji);
		const height = rows.length * ROW_PX + (name ? 28 : 0);
		return (
			// biome-ignore lint/a11y/useSemanticElements: a part of the grid above.
			<div
				role="rowgroup"
				aria-label={name ?? t("emoji.search")}
				className="emoji__group"
				data-group={id}
				style={{ containIntrinsicBlockSize: `auto ${height}px` }}
			>
				{name && (
					<div className="emoji__name" aria-hidden="true">
						{name}
					</div>
				)}
				{rows.map((row) => (
					// biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: a row of the grid; its cells take the focus.
					<div key={row[0]?.emoji} role="row" className="emoji__row">
						{row.map((one) => (
							// biome-ignore lint/a11y/useSemanticElements: a cell that is pressed.
							<button
								key={one.emoji}
								type="button"
								role="gridcell"
								data-emoji={one.emoji}
								data-cell={`${id} ${one.emoji}`}
								tabIndex={tabStop === `${id} ${one.emoji}` ? 0 : -1}
								aria-label={one.name}
							>
								{withTone(one, tone)}
							</button>
						))}
					</div>
				))}
			</div>
		);
	},
	(before, after) =>
		before.section === after.section &&
		before.tone === after.tone &&
		(before.tabStop === after.tabStop ||
			![before.tabStop, after.tabStop].some((stop) => stop?.startsWith(`${after.section.id} `))),
);

function rowsOf(emoji: readonly Emoji[]): Emoji[][] {
	const rows: Emoji[][] = [];
	for (let at = 0; at < emoji.length; at += COLUMNS) rows.push(emoji.slice(at, at + COLUMNS));
	return rows;
}

/** The cell the key leads to, null above the first row, undefined where the key is not ours. */
function neighbour(grid: Element, from: Element, key: string): HTMLElement | null | undefined {
	const rows = [...grid.querySelectorAll("[role=row]")];
	const cell = from.closest("[role=gridcell]");
	const at = rows.findIndex((row) => row.contains(cell));
	if (!cell || at < 0) return undefined;
	const column = [...(rows[at]?.children ?? [])].indexOf(cell);
	const cellAt = (row: Element | undefined, index: number) => {
		const cells = row?.children ?? [];
		return cells[Math.min(index < 0 ? cells.length - 1 : index, cells.length - 1)] as HTMLElement;
	};
	const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
	const backward = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
	const width = rows[at]?.children.length ?? 0;
	switch (key) {
		case "ArrowUp":
			return at === 0 ? null : cellAt(rows[at - 1], column);
		case "ArrowDown":
			return cellAt(rows[Math.min(at + 1, rows.length - 1)], column);
		case forward:
			return column < width - 1
				? cellAt(rows[at], column + 1)
				: cellAt(rows[at + 1] ?? rows[at], at + 1 < rows.length ? 0 : column);
		case backward:
			return column > 0 ? cellAt(rows[at], column - 1) : at === 0 ? null : cellAt(rows[at - 1], -1);
		case "Home":
			return cellAt(rows[at], 0);
		case "End":
			return cellAt(rows[at], -1);
		case "PageDown":
			return cellAt(rows[Math.min(at + 6, rows.length - 1)], column);
		case "PageUp":
			return cellAt(rows[Math.max(at - 6, 0)], column);
		default:
			return undefined;
	}
}
