import { classes } from "./classes";

type Props = { count: number; label: string; isQuiet?: boolean };
type DotProps = Omit<Props, "count">;

/** A count that waits for the reader; nothing at zero. */
export function Badge({ count, label, isQuiet }: Props) {
	if (count <= 0) return null;
	return (
		<span className={classes("badge", isQuiet && "badge--quiet")}>
			<span aria-hidden="true">{count > 999 ? "999+" : count}</span>
			<span className="sr">{label}</span>
		</span>
	);
}

/** Something waits that has no count. */
export function DotBadge({ label, isQuiet }: DotProps) {
	return (
		<span className={classes("badge badge--dot", isQuiet && "badge--quiet")}>
			<span className="sr">{label}</span>
		</span>
	);
}
