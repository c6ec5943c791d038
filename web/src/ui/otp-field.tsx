import { type ReactNode, useId, useRef, useState } from "react";
import { classes } from "./classes";
import { FieldNote } from "./field";

const LENGTH = 6;
const CELLS = Array.from({ length: LENGTH }, (_, index) => index);

type Props = {
	label: string;
	value: string;
	onChange: (digits: string) => void;
	/** Called once for each full code a person gives, however it was entered. */
	onComplete: (digits: string) => void;
	hint?: ReactNode;
	error?: ReactNode;
	isDisabled?: boolean;
};

/** Keeps the digits of `text`, whatever the script or the dashes between them. */
export function digitsOf(text: string): string {
	const digits = Array.from(text.normalize("NFKC"), toAsciiDigit).join("");
	return digits.slice(0, LENGTH);
}

function toAsciiDigit(char: string): string {
	const code = char.codePointAt(0) ?? 0;
	// Arabic-Indic and extended Arabic-Indic digits, as phones of those scripts type them.
	if (code >= 0x660 && code <= 0x669) return String(code - 0x660);
	if (code >= 0x6f0 && code <= 0x6f9) return String(code - 0x6f0);
	return /[0-9]/.test(char) ? char : "";
}

/**
 * One real input laid over six drawn boxes, so that paste, autofill and
 * readers work; always left to right.
 */
export function OtpField({ label, value, onChange, onComplete, hint, error, isDisabled }: Props) {
	const id = useId();
	const sent = useRef("");
	const [isFocused, setFocused] = useState(false);

	function handleChange(text: string) {
		const digits = digitsOf(text);
		onChange(digits);
		if (digits.length < LENGTH) sent.current = "";
		else if (digits !== sent.current) {
			sent.current = digits;
			onComplete(digits);
		}
	}

	const next = isFocused ? Math.min(value.length, LENGTH - 1) : -1;
	return (
		<div className={classes("field", Boolean(error) && "is-bad")}>
			<label className="field__label" htmlFor={id}>
				{label}
			</label>
			<div className={classes("otp", Boolean(error) && "is-bad")}>
				<div className="otp__cells" aria-hidden="true">
					{CELLS.map((index) => (
						<i
							key={index}
							className={classes(index === next && "is-next", index < value.length && "is-full")}
						>
							{value[index]}
						</i>
					))}
				</div>
				<input
					id={id}
					value={value}
					inputMode="numeric"
					autoComplete="one-time-code"
					maxLength={11}
					disabled={isDisabled}
					aria-invalid={Boolean(error)}
					aria-describedby={`${id}-note`}
					onFocus={() => setFocused(true)}
					onBlur={() => setFocused(false)}
					onChange={(event) => handleChange(event.target.value)}
				/>
			</div>
			<FieldNote id={`${id}-note`} hint={hint} error={error} />
		</div>
	);
}
