import { CircleAlert, Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type ReactNode, useId, useState } from "react";
import { IconButton } from "./button";
import { classes } from "./classes";
import { Icon } from "./icon";

type FrameProps = {
	label: string;
	/** Beside the label, at its end: a link or a verdict. */
	aside?: ReactNode;
	hint?: ReactNode;
	error?: ReactNode;
	/** Between the box and the hint: a meter. */
	below?: ReactNode;
};

type FieldProps = Omit<ComponentProps<"input">, "id"> &
	FrameProps & { prefix?: string; suffix?: ReactNode };

/** One labelled input. An error replaces the hint and is tied to the input for readers. */
export function Field({ label, aside, hint, error, below, prefix, suffix, ...input }: FieldProps) {
	const id = useId();
	return (
		<div className={classes("field", Boolean(error) && "is-bad")}>
			<span className="field__label">
				<label htmlFor={id}>{label}</label>
				{aside}
			</span>
			<div className="field__box" dir={prefix ? "ltr" : undefined}>
				{prefix && <span className="t2 field__prefix">{prefix}</span>}
				<input
					id={id}
					dir="auto"
					aria-invalid={Boolean(error)}
					aria-describedby={`${id}-note`}
					{...input}
				/>
				{suffix}
			</div>
			{below}
			<FieldNote id={`${id}-note`} hint={hint} error={error} />
		</div>
	);
}

export function FieldNote({
	id,
	hint,
	error,
}: {
	id: string;
	hint?: ReactNode;
	error?: ReactNode;
}) {
	// The live region stands before its text does, or readers stay silent.
	return (
		<div id={id} className="field__note" aria-live="polite">
			{error ? (
				<p className="field__error">
					<Icon of={CircleAlert} size="s" />
					<span>{error}</span>
				</p>
			) : (
				hint && <p className="field__hint">{hint}</p>
			)}
		</div>
	);
}

type PasswordProps = Omit<FieldProps, "suffix" | "type"> & { showLabel: string; hideLabel: string };

export function PasswordField({ showLabel, hideLabel, ...rest }: PasswordProps) {
	const [isShown, setShown] = useState(false);
	const toggle = (
		<IconButton
			label={isShown ? hideLabel : showLabel}
			icon={isShown ? EyeOff : Eye}
			size="s"
			aria-pressed={isShown}
			onClick={() => setShown(!isShown)}
		/>
	);
	return <Field {...rest} dir="ltr" type={isShown ? "text" : "password"} suffix={toggle} />;
}
