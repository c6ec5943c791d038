import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./icon";

type Props = {
	title: string;
	/** Alone on its page, so its title is the page's own. */
	isPage?: boolean;
	icon?: LucideIcon;
	isIconFlipped?: boolean;
	art?: ReactNode;
	action?: ReactNode;
	children?: ReactNode;
};

/** Nothing here yet: a title, a sentence, an action. */
export function Empty({ title, isPage, icon, isIconFlipped, art, action, children }: Props) {
	return (
		<div className="empty">
			{art}
			{icon && <Icon of={icon} size="l" isFlipped={isIconFlipped} />}
			{isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
			{children}
			{action && <div className="row empty__act">{action}</div>}
		</div>
	);
}
