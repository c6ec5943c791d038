import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { classes } from "./classes";
import { Icon } from "./icon";

type Tone = "primary" | "line" | "ghost" | "danger" | "danger-line";

type ButtonProps = ComponentProps<"button"> & {
	tone?: Tone;
	size?: "s" | "m" | "l";
	icon?: LucideIcon;
	isIconFlipped?: boolean;
	isBlock?: boolean;
	/** Work is under way: the button keeps its place and focus but takes no second press. */
	isBusy?: boolean;
};

export function Button({
	tone = "line",
	size = "m",
	icon,
	isIconFlipped,
	isBlock,
	isBusy,
	children,
	onClick,
	...rest
}: ButtonProps) {
	return (
		<button
			type="button"
			{...rest}
			className={classes(
				"btn",
				`btn--${tone}`,
				size !== "m" && `btn--${size}`,
				isBlock && "btn--block",
				rest.className,
			)}
			aria-busy={isBusy || undefined}
			onClick={isBusy ? (event) => event.preventDefault() : onClick}
		>
			{isBusy ? (
				<span className="spin" />
			) : (
				icon && <Icon of={icon} size="s" isFlipped={isIconFlipped} />
			)}
			{children}
		</button>
	);
}

type IconButtonProps = Omit<ComponentProps<"button">, "children"> & {
	/** The name of the action, spoken and shown as a tooltip. */
	label: string;
	icon: LucideIcon;
	size?: "s" | "m";
	isSolid?: boolean;
	isFlipped?: boolean;
	/** The keys that do the same, shown in the tooltip. */
	keys?: string;
};

export function IconButton({
	label,
	icon,
	size = "m",
	isSolid,
	isFlipped,
	keys,
	...rest
}: IconButtonProps) {
	return (
		<button
			type="button"
			{...rest}
			className={classes(
				"icon-btn",
				size === "s" && "icon-btn--s",
				isSolid && "icon-btn--solid",
				rest.className,
			)}
			aria-label={label}
			data-tip={label}
			data-tip-keys={keys}
		>
			<Icon of={icon} size={size === "s" ? "s" : "m"} isFlipped={isFlipped} />
		</button>
	);
}
