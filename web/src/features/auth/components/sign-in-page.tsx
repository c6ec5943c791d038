import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { useApi } from "@/api/use-api";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import { useActions } from "@/sync/use-sync";
import { Button } from "@/ui/button";
import { Field, PasswordField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { Rich } from "@/ui/rich";
import { signIn } from "../api";
import { AuthFrame } from "./auth-frame";

type Props = { onSignedIn: () => void; notice?: string };

function useSignIn(onSignedIn: () => void) {
	const api = useApi();
	const actions = useActions();
	const [email, setEmail] = useState("");
	const [password, setPassword] = useState("");
	const form = useRef<HTMLFormElement>(null);
	const login = useMutation({
		mutationFn: () => signIn(api, email.trim(), password),
		onSuccess: async ({ account }) => {
			await actions.signedIn(account);
			onSignedIn();
		},
		onError: () =>
			form.current?.querySelector<HTMLInputElement>('[autocomplete="current-password"]')?.select(),
	});

	function handleSubmit(event: FormEvent) {
		event.preventDefault();
		// The button is never dead: a password manager may fill what we have not heard of yet.
		const inputs = [...(form.current?.querySelectorAll("input") ?? [])];
		if (!email || !password) inputs.find(({ value }) => value === "")?.focus();
		else if (!login.isPending) login.mutate();
	}
	return { email, setEmail, password, setPassword, form, login, handleSubmit };
}

export function SignInPage({ onSignedIn, notice }: Props) {
	const t = useText();
	const { email, setEmail, password, setPassword, form, login, handleSubmit } =
		useSignIn(onSignedIn);
	const foot = (
		<Rich text={t("auth.newHere")} parts={{ a: (inner) => <Link to="/sign-up">{inner}</Link> }} />
	);
	return (
		<AuthFrame foot={foot}>
			<form ref={form} className="auth__form" onSubmit={handleSubmit} noValidate>
				<h1>{t("auth.signIn.title", { server: location.hostname })}</h1>
				<p className="t2 auth__lead">{t("auth.signIn.lead")}</p>
				{notice && <p className="note">{notice}</p>}
				<Field
					label={t("auth.emailOrUsername")}
					type="text"
					inputMode="email"
					autoComplete="username"
					autoCapitalize="none"
					spellCheck={false}
					required
					dir="ltr"
					value={email}
					onChange={(event) => setEmail(event.target.value)}
				/>
				<PasswordField
					label={t("auth.password")}
					aside={<Link to="/forgot">{t("auth.forgot")}</Link>}
					showLabel={t("auth.showPassword")}
					hideLabel={t("auth.hidePassword")}
					autoComplete="current-password"
					required
					value={password}
					onChange={(event) => setPassword(event.target.value)}
				/>
				<FormError error={login.error} />
				<Button type="submit" tone="primary" size="l" isBlock isBusy={login.isPending}>
					{t("auth.signIn.do")}
				</Button>
			</form>
		</AuthFrame>
	);
}

/** A refusal that belongs to no single field. */
export function FormError({ error }: { error: unknown }) {
	const t = useText();
	return (
		<div className="field__note" aria-live="assertive">
			{error !== null && error !== undefined && (
				<p className="field__error">
					<Icon of={CircleAlert} size="s" />
					<span>{problemText(error, t)}</span>
				</p>
			)}
		</div>
	);
}
