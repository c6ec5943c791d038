const TERN =
	"M8 9a7 7 0 0 1 7-7v7h7.5a7.5 7.5 0 0 1-7.5 7.5 6.1 6.1 0 0 0 6.1 6.1v.5H18A9.9 10 0 0 1 8 15.5 6.5 6.5 0 0 1 1.5 9z";

/** The tern. Not below 14 px without its tile, never in two colours. */
export function Mark({ size, className }: { size?: number; className?: string }) {
	return (
		<svg
			className={className}
			width={size}
			height={size}
			viewBox="0 0 24 24"
			fill="currentColor"
			aria-hidden="true"
		>
			<path d={TERN} />
		</svg>
	);
}
