import { Search, X } from "lucide-react";
import type { ComponentProps, MouseEvent, ReactNode } from "react";
import { useText } from "@/i18n/use-text";
import { IconButton } from "./button";
import { classes } from "./classes";
import { Icon } from "./icon";

type Props = Pick<ComponentProps<"input">, "ref" | "maxLength" | "placeholder" | "onKeyDown"> & {
	/** What is searched; the placeholder too, where that needs no other words. */
	label: string;
	typed: string;
	onType: (typed: string) => void;
	/** The hits that its arrow keys go along: the list `id-list`, with the options `id-0`, `id-1` … */
	hits?: { id: string; count: number; at: number };
	/** Stands at its end while nothing is typed. */
	hint?: ReactNode;
	/** As large as the other fields of a page or a dialog. */
	isLarge?: boolean;
	className?: string;
};

/** Where one types what to search for: it keeps the focus, and when it is cleared too. */
export function SearchField(props: Props) {
	const { label, typed, onType, hits, hint, isLarge, className, ...input } = props;
	const t = useText();
	function clear({ currentTarget }: MouseEvent) {
		onType("");
		currentTarget.closest("search")?.querySelector("input")?.focus();
	}
	return (
		<search className={classes("field__box", !isLarge && "search", className)}>
			<Icon of={Search} size="s" />
			<input
				placeholder={label}
				{...input}
				{...(hits && comboboxOf(hits))}
				type="text"
				aria-label={label}
				enterKeyHint="search"
				autoComplete="off"
				spellCheck={false}
				dir="auto"
				value={typed}
				onChange={(event) => onType(event.target.value)}
			/>
			{typed ? <IconButton label={t("app.clear")} icon={X} size="s" onClick={clear} /> : hint}
		</search>
	);
}

function comboboxOf({ id, count, at }: { id: string; count: number; at: number }) {
	return {
		role: "combobox",
		"aria-expanded": count > 0,
		"aria-controls": count > 0 ? `${id}-list` : undefined,
		"aria-activedescendant": at < count ? `${id}-${at}` : undefined,
	};
}
