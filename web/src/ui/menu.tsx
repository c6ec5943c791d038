import { ChevronRight, type LucideIcon } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { classes } from "./classes";
import { Icon } from "./icon";
import { type Anchor, placeLayer } from "./place";
import { latinKey } from "./platform";
import { useCloseRequest } from "./use-close-request";

export type MenuItem = {
	id: string;
	label: string;
	icon?: LucideIcon;
	isIconFlipped?: boolean;
	/** The key that chooses it while the menu is open; not printed, as it does nothing elsewhere. */
	letter?: string;
	isBad?: boolean;
	isDisabled?: boolean;
	/** Leads to another menu, which takes the place of this one. */
	hasMore?: boolean;
	onSelect: () => void;
};

type Props = {
	label: string;
	/** Above the items: what stands in `.menu__chips` there is gone along by the arrows. */
	head?: ReactNode;
	items: (MenuItem | "line")[];
	anchor: Anchor;
	/** What it is of, in words: a sheet covers the thing itself. */
	of?: string;
	onClose: () => void;
	/** Where this menu took the place of another: the way back there. */
	onBack?: () => void;
};

/** A list of actions beside the thing they act on; on narrow screens, a sheet from below. */
export function Menu({ label, head, items, anchor, of, onClose, onBack }: Props) {
	const ref = useRef<HTMLDivElement>(null);
	const isSheet = useRef(matchMedia("(max-width: 639px)").matches).current;
	useOpened(ref, anchor, isSheet, onClose);
	useCloseRequest(onClose);

	function choose(item: MenuItem) {
		if (item.isDisabled) return;
		if (!item.hasMore) onClose();
		item.onSelect();
	}

	return createPortal(
		<div ref={ref} popover="manual" className={classes("layer", isSheet && "layer--sheet")}>
			<div
				className={classes("menu", "is-new", isSheet && "menu--sheet")}
				role="menu"
				aria-label={label}
				tabIndex={-1}
				onKeyDown={(event) => handleKey(event, items, { choose, onClose, onBack })}
				onContextMenu={(event) => event.preventDefault()}
			>
				{isSheet && of && (
					<p className="menu__of" aria-hidden="true">
						<span dir="auto">{of}</span>
					</p>
				)}
				{head}
				{items.map((item, index) =>
					item === "line" ? (
						// biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place.
						<hr key={`line-${index}`} />
					) : (
						<MenuRow key={item.id} item={item} onChoose={() => choose(item)} />
					),
				)}
			</div>
		</div>,
		homeOf(),
	);
}

/** Inside the page's landmark, where readers look for it; a modal dialog has its own. */
function homeOf(): Element {
	return document.querySelector("dialog[open]") ?? document.getElementById("main") ?? document.body;
}

function MenuRow({ item, onChoose }: { item: MenuItem; onChoose: () => void }) {
	return (
		<button
			type="button"
			role="menuitem"
			tabIndex={-1}
			className={classes("menu__i", item.isBad && "menu__i--bad")}
			aria-disabled={item.isDisabled || undefined}
			aria-haspopup={item.hasMore ? "menu" : undefined}
			aria-keyshortcuts={item.letter}
			onClick={onChoose}
			onPointerEnter={(event) =>
				event.pointerType === "mouse" && event.currentTarget.focus({ preventScroll: true })
			}
		>
			{item.icon && <Icon of={item.icon} isFlipped={item.isIconFlipped} />}
			<span className="grow">{item.label}</span>
			{item.hasMore && <Icon of={ChevronRight} size="s" isFlipped />}
		</button>
	);
}

function useOpened(
	ref: React.RefObject<HTMLDivElement | null>,
	anchor: Anchor,
	isSheet: boolean,
	onClose: () => void,
) {
	const close = useRef(onClose);
	close.current = onClose;
	// biome-ignore lint/correctness/useExhaustiveDependencies: a menu is opened once, at the place it was asked for.
	useLayoutEffect(() => {
		const layer = ref.current;
		if (!layer) return;
		const opener = openerOf(anchor);
		layer.showPopover();
		if (!isSheet) placeLayer(layer, anchor);
		// Under a finger the first action, with the focus, would look as if it were chosen.
		const isTouch = isSheet && matchMedia("(pointer: coarse)").matches;
		const first = layer.querySelector<HTMLElement>("[data-first], .menu__i");
		const stop = isTouch ? layer.querySelector<HTMLElement>(".menu") : first;
		stop?.focus({ preventScroll: true });
		return () => {
			// A choice may have moved the focus on purpose; only a lost focus is brought back.
			const isLost =
				document.activeElement === document.body || layer.contains(document.activeElement);
			if (isLost && opener instanceof HTMLElement) opener.focus({ preventScroll: true });
		};
	}, []);
	useEffect(() => {
		const handleOutside = (event: Event) => {
			const target = event.target as Node;
			const isScrim = target === ref.current;
			if (isScrim || !ref.current?.contains(target)) close.current();
		};
		const handleResize = () => close.current();
		// The next pointer, not the one that opened the menu.
		addEventListener("pointerdown", handleOutside, true);
		addEventListener("resize", handleResize);
		return () => {
			removeEventListener("pointerdown", handleOutside, true);
			removeEventListener("resize", handleResize);
		};
	}, [ref]);
}

/** What had the focus; else what was pressed, for a finger moves no focus. */
function openerOf(anchor: Anchor): Element | null {
	const before = document.activeElement;
	if (before !== document.body) return before;
	return "of" in anchor ? anchor.of : anchor.element;
}

function rowsOf(root: Element): HTMLElement[] {
	return [...root.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
}

/** Up and down go from row to row, and the chips are one of them; beside each other these are gone along. */
function stopAt(rows: HTMLElement[], at: number, key: string): HTMLElement | undefined {
	const chips = rows.filter((row) => row.parentElement?.classList.contains("menu__chips"));
	const isChip = at >= 0 && at < chips.length;
	const end = isRtl() ? -1 : 1;
	const way = { ArrowDown: 1, ArrowUp: -1, ArrowRight: end, ArrowLeft: -end }[key];
	if (key === "Home" || key === "End") return rows.at(key === "Home" ? 0 : -1);
	if (way === undefined) return undefined;
	if (/Left|Right/.test(key))
		return isChip ? chips[(at + way + chips.length) % chips.length] : undefined;
	const isLeaving = isChip && rows.length > chips.length;
	if (isLeaving) return way > 0 ? rows[chips.length] : rows.at(-1);
	const next = rows[(at + way + rows.length) % rows.length];
	return next && chips.includes(next) ? chips[0] : next;
}

type Ways = Pick<Props, "onClose" | "onBack"> & { choose: (item: MenuItem) => void };

function isRtl(): boolean {
	return document.documentElement.dir === "rtl";
}

function handleKey(
	event: KeyboardEvent<HTMLElement>,
	items: (MenuItem | "line")[],
	{ choose, onClose, onBack }: Ways,
) {
	const rows = rowsOf(event.currentTarget);
	const at = rows.indexOf(document.activeElement as HTMLElement);
	const stop = stopAt(rows, at, event.key);
	const [further, back] = isRtl() ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
	event.stopPropagation();
	if (event.key === "Escape" || (event.key === back && onBack)) (onBack ?? onClose)();
	else if (event.key === "Tab") onClose();
	else if (event.key === further && rows[at]?.hasAttribute("aria-haspopup")) rows[at]?.click();
	else if (stop) stop.focus();
	else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
		const letter = latinKey(event);
		const byLetter = items.find((item) => item !== "line" && item.letter === letter);
		if (byLetter && byLetter !== "line") choose(byLetter);
		else focusByName(rows, at, event.key);
	} else return;
	event.preventDefault();
}

function focusByName(rows: HTMLElement[], at: number, key: string) {
	const wanted = key.toLocaleLowerCase();
	const ordered = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
	ordered.find((row) => row.textContent?.trim().toLocaleLowerCase().startsWith(wanted))?.focus();
}
