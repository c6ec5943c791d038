import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./icon";

type Props = {
	title: string;
	icon?: LucideIcon;
	art?: ReactNode;
	action?: ReactNode;
	children?: ReactNode;
};

/** Nothing here yet: a title, a sentence, an action. */
export function Empty({ title, icon, art, action, children }: Props) {
	return (
		<div className="empty">
			{art}
			{icon && <Icon of={icon} size="l" />}
			<h2>{title}</h2>
			{children}
			{action && <div className="row empty__act">{action}</div>}
		</div>
	);
}
