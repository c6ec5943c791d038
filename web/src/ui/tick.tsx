export type TickState = "sending" | "sent" | "delivered" | "read" | "failed";

type Props = {
	state: TickState;
	/** Its word. Left out where the word stands beside it: then it is decoration. */
	label?: string;
};

/** How far an own message got. Each state has its own shape and its own word. */
export function Tick({ state, label }: Props) {
	const name = `tick tick--${state}`;
	if (!label) {
		return (
			<svg className={name} viewBox="0 0 18 12" aria-hidden="true">
				{SHAPES[state]}
			</svg>
		);
	}
	return (
		<svg className={name} viewBox="0 0 18 12" role="img" aria-label={label} data-tip={label}>
			{SHAPES[state]}
		</svg>
	);
}

const SHAPES = {
	sending: (
		<>
			<circle cx="9" cy="6" r="4.6" />
			<path d="M9 3.6V6l1.7 1.2" />
		</>
	),
	sent: <path d="M5.6 6.4 8.2 9 13 3.2" />,
	delivered: <path d="M2.6 6.4 5.2 9 10 3.2M9 8.9l.1.1 4.9-5.8" />,
	read: (
		<>
			<rect className="f" width="18" height="12" rx="6" />
			<path className="k" d="m3.8 6.3 2.1 2.1 3.9-4.7M9.3 8.3l.1.1 3.9-4.7" />
		</>
	),
	failed: (
		<>
			<circle className="f" cx="9" cy="6" r="6" />
			<path className="k" d="M9 3v3.5M9 8.9v.1" />
		</>
	),
};
