import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { useApi } from "@/api/use-api";
import { problemField, problemText } from "@/i18n/problem-text";
import type { TextKey } from "@/i18n/setup";
import { useText } from "@/i18n/use-text";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Rich } from "@/ui/rich";
import { signUp } from "../api";
import { keepSignup } from "../pending-signup";
import { LEAST_LENGTH } from "../use-strength";
import { AuthFrame, StepHead } from "./auth-frame";
import { PasswordChoice } from "./password-choice";
import { FormError } from "./sign-in-page";

type Draft = { name: string; email: string; username: string; password: string };
type Faults = Partial<Record<keyof Draft, TextKey>>;

const EMPTY: Draft = { name: "", email: "", username: "", password: "" };

/** What can be judged here, before the server is asked. */
function faultsOf(draft: Draft): Faults {
	const faults: Faults = {};
	if (!draft.name.trim()) faults.name = "auth.signUp.nameMissing";
	if (!/^\S+@\S+\.\S+$|^\S+@localhost$/.test(draft.email.trim()))
		faults.email = "auth.signUp.emailBad";
	if (draft.username && !/^[a-z0-9._]{3,30}$/i.test(draft.username))
		faults.username = "auth.signUp.usernameBad";
	if (draft.password.length < LEAST_LENGTH) faults.password = "auth.signUp.passwordShort";
	return faults;
}

/** The form's state: what was typed, what is wrong with it, and the asking. */
function useSignUp(onCodeSent: () => void) {
	const t = useText();
	const api = useApi();
	const form = useRef<HTMLFormElement>(null);
	const [draft, setDraft] = useState(EMPTY);
	const [faults, setFaults] = useState<Faults>({});
	const email = draft.email.trim();
	const submit = useMutation({
		mutationFn: () => {
			const { name, username, password } = draft;
			return signUp(api, { email, name: name.trim(), password, ...(username ? { username } : {}) });
		},
		onSuccess: ({ signup, expires_at }) => {
			keepSignup({ signup, email, expiresAt: expires_at, sentAt: Date.now() });
			onCodeSent();
		},
		onError: focusFault,
	});

	function focusFault() {
		requestAnimationFrame(() =>
			form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(),
		);
	}

	function handleSubmit(event: FormEvent) {
		event.preventDefault();
		const found = faultsOf(draft);
		setFaults(found);
		if (Object.keys(found).length > 0) focusFault();
		else if (!submit.isPending) submit.mutate();
	}

	function change(part: Partial<Draft>) {
		setDraft({ ...draft, ...part });
		setFaults(Object.fromEntries(Object.entries(faults).filter(([field]) => !(field in part))));
		submit.reset();
	}

	const refusedField = problemField(submit.error);
	const faultOf = (field: keyof Draft) => {
		const fault = faults[field];
		if (fault) return t(fault);
		return refusedField === field ? problemText(submit.error, t) : undefined;
	};
	return { draft, change, faultOf, handleSubmit, form, email, submit, refusedField };
}

export function SignUpPage({ onCodeSent }: { onCodeSent: () => void }) {
	const t = useText();
	const { draft, change, faultOf, email, submit, refusedField, ...rest } = useSignUp(onCodeSent);
	const foot = (
		<Rich
			text={t("auth.haveAccount")}
			parts={{ a: (inner) => <Link to="/sign-in">{inner}</Link> }}
		/>
	);
	return (
		<AuthFrame foot={foot}>
			<form ref={rest.form} className="auth__form" onSubmit={rest.handleSubmit} noValidate>
				<StepHead step={1} title={t("auth.signUp.title")} />
				<WhoFields draft={draft} faultOf={faultOf} onChange={change} />
				<PasswordChoice
					value={draft.password}
					hints={[draft.name, email, draft.username]}
					error={faultOf("password")}
					onChange={(password) => change({ password })}
				/>
				<FormError error={refusedField !== null && refusedField in EMPTY ? null : submit.error} />
				<Button type="submit" tone="primary" size="l" isBlock isBusy={submit.isPending}>
					{t("auth.signUp.do")}
				</Button>
			</form>
		</AuthFrame>
	);
}

type WhoProps = {
	draft: Draft;
	faultOf: (field: keyof Draft) => string | undefined;
	onChange: (part: Partial<Draft>) => void;
};

/** As whom one is known, and where one is reached. */
function WhoFields({ draft, faultOf, onChange }: WhoProps) {
	const t = useText();
	return (
		<>
			<Field
				label={t("auth.signUp.name")}
				autoComplete="name"
				required
				maxLength={64}
				value={draft.name}
				error={faultOf("name")}
				onChange={(event) => onChange({ name: event.target.value })}
			/>
			<Field
				label={t("auth.email")}
				type="email"
				autoComplete="email"
				required
				dir="ltr"
				hint={t("auth.signUp.emailHint")}
				value={draft.email}
				error={faultOf("email")}
				onChange={(event) => onChange({ email: event.target.value })}
			/>
			<Field
				label={t("auth.signUp.username")}
				prefix="@"
				autoComplete="off"
				autoCapitalize="none"
				spellCheck={false}
				dir="ltr"
				hint={t("auth.signUp.usernameHint")}
				value={draft.username}
				error={faultOf("username")}
				onChange={(event) => onChange({ username: event.target.value.trim() })}
			/>
		</>
	);
}
