import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Mail } from "lucide-react";
import { type FormEvent, useState } from "react";
import { isApiError } from "@/api/client";
import { useApi } from "@/api/use-api";
import { countdown } from "@/i18n/format";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import { useActions } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/empty";
import { Icon } from "@/ui/icon";
import { OtpField } from "@/ui/otp-field";
import { Rich } from "@/ui/rich";
import { resendCode, verify } from "../api";
import { forgetSignup, keepSignup, keptSignup, type PendingSignup } from "../pending-signup";
import { useCountdown } from "../use-countdown";
import { AuthFrame, StepHead } from "./auth-frame";
import { FormError } from "./sign-in-page";

const RESEND_AFTER_MS = 60_000;

export function CodePage({ onSignedIn }: { onSignedIn: () => void }) {
	const t = useText();
	const [pending, setPending] = useState(keptSignup);
	const foot = (
		<Rich
			text={t("auth.haveAccount")}
			parts={{ a: (inner) => <Link to="/sign-in">{inner}</Link> }}
		/>
	);
	return (
		<AuthFrame foot={foot}>
			{pending ? (
				<CodeForm pending={pending} onRenewed={setPending} onSignedIn={onSignedIn} />
			) : (
				<div className="auth__form">
					<Empty
						isPage
						title={t("auth.code.gone")}
						action={
							<Link className="btn btn--primary" to="/sign-up">
								{t("auth.signUp.title")}
							</Link>
						}
					>
						<p>{t("auth.code.goneText")}</p>
					</Empty>
				</div>
			)}
		</AuthFrame>
	);
}

type FormProps = {
	pending: PendingSignup;
	onRenewed: (pending: PendingSignup) => void;
	onSignedIn: () => void;
};

/** What was typed, what the server said to it, and whether it can still be right. */
function useCode({ pending, onRenewed, onSignedIn }: FormProps) {
	const t = useText();
	const api = useApi();
	const actions = useActions();
	const [code, setCode] = useState("");
	const validFor = useCountdown(pending.expiresAt);
	const check = useMutation({
		mutationFn: (digits: string) => verify(api, pending.signup, digits),
		onSuccess: async ({ account }) => {
			forgetSignup();
			await actions.signedIn(account);
			onSignedIn();
		},
	});
	const isSpent =
		isApiError(check.error) && ["code.expired", "code.too_many_tries"].includes(check.error.code);
	const lateText = validFor === 0 ? t("auth.code.expired") : undefined;
	return {
		code,
		validFor,
		isSpent,
		isBusy: check.isPending,
		error: check.error ? problemText(check.error, t) : lateText,
		check: (digits: string) => !check.isPending && check.mutate(digits),
		change(digits: string) {
			setCode(digits);
			if (check.error) check.reset();
		},
		renew(renewed: PendingSignup) {
			keepSignup(renewed);
			onRenewed(renewed);
			setCode("");
			check.reset();
			announce(t("auth.code.sent"));
		},
	};
}

function CodeForm(props: FormProps) {
	const t = useText();
	const { pending } = props;
	const { code, validFor, isSpent, isBusy, error, check, change, renew } = useCode(props);
	function handleSubmit(event: FormEvent) {
		event.preventDefault();
		if (code.length === 6) check(code);
	}
	return (
		<form className="auth__form auth__form--code" onSubmit={handleSubmit} noValidate>
			<StepHead step={2} title={t("auth.code.title")} />
			<p className="t2 auth__lead">
				<Rich
					text={t("auth.code.lead", { email: pending.email })}
					parts={{
						b: (inner) => (
							<b className="med auth__strong">
								<bdi dir="ltr">{inner}</bdi>
							</b>
						),
						a: (inner) => <Link to="/sign-up">{inner}</Link>,
					}}
				/>
			</p>
			<OtpField
				label={t("auth.code.label")}
				value={code}
				isDisabled={isSpent}
				hint={t("auth.code.valid", { time: countdown(validFor) })}
				error={error}
				onChange={change}
				onComplete={check}
			/>
			<Button
				type="submit"
				tone="primary"
				size="l"
				isBlock
				isBusy={isBusy}
				disabled={code.length < 6 || isSpent}
			>
				{t("auth.code.do")}
			</Button>
			<Resend pending={pending} isUrgent={isSpent || validFor === 0} onRenewed={renew} />
		</form>
	);
}

type ResendProps = {
	pending: PendingSignup;
	isUrgent: boolean;
	onRenewed: (pending: PendingSignup) => void;
};

function Resend({ pending, isUrgent, onRenewed }: ResendProps) {
	const t = useText();
	const api = useApi();
	const wait = useCountdown(pending.sentAt + RESEND_AFTER_MS);
	const resend = useMutation({
		mutationFn: () => resendCode(api, pending.signup),
		onSuccess: ({ signup, expires_at }) =>
			onRenewed({ ...pending, signup, expiresAt: expires_at, sentAt: Date.now() }),
	});
	const parts = {
		b: (inner: string) => <b className="med num auth__strong">{inner}</b>,
		a: (inner: string) => (
			<button
				type="button"
				className="link"
				disabled={resend.isPending}
				onClick={() => resend.mutate()}
			>
				{inner}
			</button>
		),
	};
	const canResend = wait === 0 || isUrgent;
	const text = canResend
		? t("auth.code.nothingYetNow")
		: t("auth.code.nothingYet", { time: countdown(wait) });
	return (
		<>
			<div className="note">
				<Icon of={Mail} size="s" />
				<span>
					<Rich text={text} parts={parts} />
				</span>
			</div>
			<FormError error={resend.error} />
		</>
	);
}
