import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Mail } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useApi } from "@/api/use-api";
import { useText } from "@/i18n/use-text";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/empty";
import { Field } from "@/ui/field";
import { Rich } from "@/ui/rich";
import { askReset } from "../api";
import { AuthFrame } from "./auth-frame";
import { FormError } from "./sign-in-page";

export function ForgotPage() {
	const t = useText();
	const api = useApi();
	const [email, setEmail] = useState("");
	const ask = useMutation({ mutationFn: () => askReset(api, email.trim()) });

	function handleSubmit(event: FormEvent<HTMLFormElement>) {
		event.preventDefault();
		if (!email) event.currentTarget.querySelector("input")?.focus();
		else if (!ask.isPending) ask.mutate();
	}

	return (
		<AuthFrame foot={<Link to="/sign-in">{t("auth.forgot.back")}</Link>}>
			{ask.isSuccess ? (
				<div className="auth__form" role="status">
					<Empty icon={Mail} title={t("auth.forgot.sentTitle")}>
						<p>
							<Rich
								text={t("auth.forgot.sentText", { email: email.trim() })}
								parts={{ b: (inner) => <bdi className="med auth__strong">{inner}</bdi> }}
							/>
						</p>
					</Empty>
				</div>
			) : (
				<form className="auth__form" onSubmit={handleSubmit} noValidate>
					<h1>{t("auth.forgot.title")}</h1>
					<p className="t2 auth__lead">{t("auth.forgot.lead")}</p>
					<Field
						label={t("auth.email")}
						type="email"
						autoComplete="email"
						required
						dir="ltr"
						value={email}
						onChange={(event) => setEmail(event.target.value)}
					/>
					<FormError error={ask.error} />
					<Button type="submit" tone="primary" size="l" isBlock isBusy={ask.isPending}>
						{t("auth.forgot.do")}
					</Button>
				</form>
			)}
		</AuthFrame>
	);
}
