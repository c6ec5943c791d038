import { useText } from "@/i18n/use-text";
import { PasswordField } from "@/ui/field";
import { LEAST_LENGTH, useStrength } from "../use-strength";
import { StrengthMeter, StrengthWord, strengthHint } from "./strength-meter";

type Props = {
	value: string;
	onChange: (value: string) => void;
	/** Words an attacker would try first: the name, the address. */
	hints: string[];
	error?: string;
};

/** A new password with the server's estimate of it. */
export function PasswordChoice({ value, onChange, hints, error }: Props) {
	const t = useText();
	const strength = useStrength(value, hints);
	return (
		<PasswordField
			label={t("auth.password")}
			aside={<StrengthWord strength={strength} t={t} />}
			showLabel={t("auth.showPassword")}
			hideLabel={t("auth.hidePassword")}
			autoComplete="new-password"
			required
			minLength={LEAST_LENGTH}
			value={value}
			error={error}
			hint={strengthHint(strength, t)}
			below={<StrengthMeter strength={strength} />}
			onChange={(event) => onChange(event.target.value)}
		/>
	);
}
