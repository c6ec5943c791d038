import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { LinkIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { isApiError } from "@/api/client";
import { useApi } from "@/api/use-api";
import { useText } from "@/i18n/use-text";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/empty";
import { resetPassword } from "../api";
import { LEAST_LENGTH } from "../use-strength";
import { AuthFrame } from "./auth-frame";
import { PasswordChoice } from "./password-choice";
import { FormError } from "./sign-in-page";

/** The token comes after `#`, so that it reaches neither the server's log nor a referrer. */
export function ResetPage({ token, onDone }: { token: string; onDone: () => void }) {
	const t = useText();
	const api = useApi();
	const [password, setPassword] = useState("");
	const reset = useMutation({
		mutationFn: () => resetPassword(api, token, password),
		onSuccess: onDone,
	});
	const isShort = password.length < LEAST_LENGTH;

	function handleSubmit(event: FormEvent) {
		event.preventDefault();
		if (!isShort && !reset.isPending) reset.mutate();
	}

	const isSpent =
		token === "" || (isApiError(reset.error) && reset.error.code === "password.token_invalid");
	return (
		<AuthFrame foot={<Link to="/sign-in">{t("auth.forgot.back")}</Link>}>
			{isSpent ? (
				<LinkSpent />
			) : (
				<form className="auth__form" onSubmit={handleSubmit} noValidate>
					<h1>{t("auth.reset.title")}</h1>
					<p className="t2 auth__lead">{t("auth.reset.lead")}</p>
					<PasswordChoice value={password} hints={[]} onChange={setPassword} />
					<FormError error={reset.error} />
					<Button
						type="submit"
						tone="primary"
						size="l"
						isBlock
						isBusy={reset.isPending}
						disabled={isShort}
					>
						{t("auth.reset.do")}
					</Button>
				</form>
			)}
		</AuthFrame>
	);
}

/** The link was used, ran out, or came without its token. */
function LinkSpent() {
	const t = useText();
	return (
		<div className="auth__form">
			<Empty
				icon={LinkIcon}
				title={t("auth.reset.bad")}
				action={
					<Link className="btn btn--primary" to="/forgot">
						{t("auth.reset.badDo")}
					</Link>
				}
			/>
		</div>
	);
}
