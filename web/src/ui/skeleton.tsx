import { useEffect, useState } from "react";

const PATIENCE_MS = 300;
const WIDTHS = [
	[62, 84],
	[44, 70],
	[70, 52],
	[38, 78],
	[56, 64],
] as const;

/** True once `isWaiting` has lasted long enough to be worth showing. */
export function useSlow(isWaiting: boolean, patienceMs = PATIENCE_MS): boolean {
	const [isSlow, setSlow] = useState(false);
	useEffect(() => {
		if (!isWaiting) {
			setSlow(false);
			return;
		}
		const timer = setTimeout(() => setSlow(true), patienceMs);
		return () => clearTimeout(timer);
	}, [isWaiting, patienceMs]);
	return isSlow && isWaiting;
}

/** Rows of a list to come, shown only when waiting takes long enough to notice. */
export function SkeletonRows({ label }: { label: string }) {
	if (!useSlow(true)) return null;
	return (
		<div className="skels" role="status" aria-label={label}>
			{WIDTHS.map(([name, line]) => (
				<div key={name} className="row skels__row">
					<span className="skel skel--av" />
					<span className="grow skels__lines">
						<span className="skel" style={{ inlineSize: `${name}%` }} />
						<span className="skel skel--thin" style={{ inlineSize: `${line}%` }} />
					</span>
				</div>
			))}
		</div>
	);
}
