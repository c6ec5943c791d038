import {
	Apple,
	Flag,
	Hand,
	Heart,
	History,
	Lightbulb,
	type LucideIcon,
	PawPrint,
	Plane,
	Smile,
	Trophy,
} from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import { useText } from "@/i18n/use-text";
import { IconButton } from "@/ui/button";
import { GROUPS, type Group } from "./emoji-set";

const ICONS: Record<Group | "recent", LucideIcon> = {
	recent: History,
	smileys: Smile,
	people: Hand,
	nature: PawPrint,
	food: Apple,
	travel: Plane,
	activities: Trophy,
	objects: Lightbulb,
	symbols: Heart,
	flags: Flag,
};

type Props = { grid: RefObject<HTMLDivElement | null>; hasRecent: boolean };

/** Leads to each group; shows which one is in view. */
export function EmojiTabs({ grid, hasRecent }: Props) {
	const t = useText();
	const groups = hasRecent ? (["recent", ...GROUPS] as const) : GROUPS;
	const current = useCurrentGroup(grid) ?? groups[0];

	function handleKey(event: KeyboardEvent<HTMLElement>) {
		const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
		const backward = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
		const step = event.key === forward ? 1 : event.key === backward ? -1 : 0;
		if (step === 0) return;
		event.preventDefault();
		const tabs = [...event.currentTarget.querySelectorAll("button")];
		const at = tabs.indexOf(document.activeElement as HTMLButtonElement);
		const next = tabs[(at + step + tabs.length) % tabs.length];
		next?.focus();
		next?.click();
	}

	return (
		<div
			className="emoji__tabs"
			role="toolbar"
			aria-label={t("emoji.groups")}
			onKeyDown={handleKey}
		>
			{groups.map((group) => (
				<IconButton
					key={group}
					label={t(`emoji.${group}`)}
					icon={ICONS[group]}
					size="s"
					aria-pressed={group === current}
					tabIndex={group === current ? 0 : -1}
					onClick={() =>
						grid.current?.querySelector(`[data-group=${group}]`)?.scrollIntoView({ block: "start" })
					}
				/>
			))}
		</div>
	);
}

/** The group at the upper edge of the grid. */
function useCurrentGroup(grid: RefObject<HTMLDivElement | null>): Group | "recent" | null {
	const [current, setCurrent] = useState<Group | "recent" | null>(null);
	useEffect(() => {
		const element = grid.current;
		if (!element) return;
		const follow = () => {
			const top = element.scrollTop + element.offsetTop + 1;
			const above = [...element.children].findLast(
				(group) => (group as HTMLElement).offsetTop <= top,
			);
			setCurrent(((above as HTMLElement)?.dataset.group as Group) ?? null);
		};
		element.addEventListener("scroll", follow, { passive: true });
		return () => element.removeEventListener("scroll", follow);
	}, [grid]);
	return current;
}
