import { useNavigate } from "@tanstack/react-router";
import { CodePage } from "@/features/auth/components/code-page";
import { ForgotPage } from "@/features/auth/components/forgot-page";
import { ResetPage } from "@/features/auth/components/reset-page";
import { SignUpPage } from "@/features/auth/components/sign-up-page";

export function SignUpRoute() {
	const navigate = useNavigate();
	return <SignUpPage onCodeSent={() => void navigate({ to: "/sign-up/code" })} />;
}

export function CodeRoute() {
	const navigate = useNavigate();
	return <CodePage onSignedIn={() => void navigate({ to: "/chats", replace: true })} />;
}

export function ForgotRoute() {
	return <ForgotPage />;
}

export function ResetRoute() {
	const navigate = useNavigate();
	return (
		<ResetPage
			token={location.hash.slice(1)}
			onDone={() => void navigate({ to: "/sign-in", search: { notice: "reset" }, replace: true })}
		/>
	);
}
