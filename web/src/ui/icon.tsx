import type { LucideIcon } from "lucide-react";
import { classes } from "./classes";

type Props = {
	of: LucideIcon;
	size?: "xs" | "s" | "m" | "l";
	/** Mirrors with the reading direction: arrows, reply, panels. Never play, check or clock. */
	isFlipped?: boolean;
	isSolid?: boolean;
};

/** A picture beside words; it never carries the meaning alone. */
export function Icon({ of: Shape, size = "m", isFlipped, isSolid }: Props) {
	return (
		<Shape
			className={classes(
				"i",
				size !== "m" && `i--${size}`,
				isFlipped && "i--flip",
				isSolid && "i--solid",
			)}
			strokeWidth={size === "xs" ? 2 : 1.75}
			aria-hidden
		/>
	);
}
