import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes";
import { Icon } from "./icon";

type Props = {
	tone?: "plain" | "warn" | "bad" | "ok";
	icon: LucideIcon;
	action?: ReactNode;
	children: ReactNode;
};

/** One line across the pane it speaks of. */
export function Banner({ tone = "plain", icon, action, children }: Props) {
	return (
		<div className={classes("banner", tone !== "plain" && `banner--${tone}`)} role="status">
			<Icon of={icon} size="s" />
			<span>{children}</span>
			{action}
		</div>
	);
}
