import { useNavigate, useSearch } from "@tanstack/react-router";
import { SignInPage } from "@/features/auth/components/sign-in-page";
import { useText } from "@/i18n/use-text";
import { useSync } from "@/sync/use-sync";

export function SignInRoute() {
	const t = useText();
	const navigate = useNavigate();
	const { next, notice } = useSearch({ from: "/auth/sign-in" });
	const isFarewellDue = useSync((state) => state.isFarewellDue);
	const done = notice === "reset" ? t("auth.reset.done") : undefined;
	return (
		<SignInPage
			notice={isFarewellDue ? t("auth.signedOut.untold") : done}
			onSignedIn={() => void navigate({ to: next ?? "/chats", replace: true })}
		/>
	);
}
