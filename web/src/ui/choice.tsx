import type { KeyboardEvent, ReactNode } from "react";

type Option<T extends string> = { value: T; label: string; aside?: ReactNode };
type Props<T extends string> = {
	label: string;
	options: readonly Option<T>[];
	value: T;
	onChange: (value: T) => void;
	look?: "seg" | "chips";
};

/** One of a few: a radio group drawn as segments or chips. One tab stop, arrows move. */
export function Segmented<T extends string>({
	label,
	options,
	value,
	onChange,
	look = "seg",
}: Props<T>) {
	return (
		<div className={look} role="radiogroup" aria-label={label}>
			{options.map((option) => (
				// biome-ignore lint/a11y/useSemanticElements: a drawn segment needs a button's box; the group's keys are ours.
				<button
					key={option.value}
					type="button"
					role="radio"
					aria-checked={option.value === value}
					tabIndex={option.value === value ? 0 : -1}
					onClick={() => onChange(option.value)}
					onKeyDown={(event) => moveChoice(event, options, value, onChange)}
				>
					{option.label}
					{option.aside}
				</button>
			))}
		</div>
	);
}

/** Moves the choice with the arrow keys, in reading direction, and the focus with it. */
export function moveChoice<T extends string>(
	event: KeyboardEvent<HTMLElement>,
	options: readonly { value: T }[],
	value: T,
	onChange: (value: T) => void,
) {
	const step = stepOf(event);
	if (step === 0) return;
	event.preventDefault();
	const at = options.findIndex((option) => option.value === value);
	const next = (at + step + options.length) % options.length;
	const group = event.currentTarget.parentElement;
	const choice = options[next];
	if (choice) onChange(choice.value);
	const target = group?.querySelectorAll<HTMLElement>('[role="radio"]')[next];
	target?.focus();
}

function stepOf(event: KeyboardEvent): number {
	const isRtl = document.documentElement.dir === "rtl";
	if (event.key === "ArrowDown") return 1;
	if (event.key === "ArrowUp") return -1;
	if (event.key === "ArrowRight") return isRtl ? -1 : 1;
	if (event.key === "ArrowLeft") return isRtl ? 1 : -1;
	return 0;
}

type SwitchProps = {
	label: string;
	isOn: boolean;
	onChange: (isOn: boolean) => void;
	isDisabled?: boolean;
};

export function Switch({ label, isOn, onChange, isDisabled }: SwitchProps) {
	return (
		<button
			type="button"
			className="switch"
			role="switch"
			aria-checked={isOn}
			aria-label={label}
			disabled={isDisabled}
			onClick={() => onChange(!isOn)}
		/>
	);
}
