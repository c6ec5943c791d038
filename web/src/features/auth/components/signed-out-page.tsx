import { Link } from "@tanstack/react-router";
import { LogOut } from "lucide-react";
import { useText } from "@/i18n/use-text";
import { Empty } from "@/ui/empty";

/** Says why the page closed, instead of showing a sign-in form out of nowhere. */
export function SignedOutPage({ reason }: { reason: "revoked" | "expired" }) {
	const t = useText();
	return (
		<main className="alone">
			<Empty
				isPage
				icon={LogOut}
				isIconFlipped
				title={t("auth.signedOut.title")}
				action={
					<>
						<Link className="btn btn--primary" to="/sign-in" search={{ next: location.pathname }}>
							{t("auth.signIn.do")}
						</Link>
						{reason === "revoked" && (
							<Link className="btn btn--line" to="/forgot">
								{t("auth.signedOut.notMe")}
							</Link>
						)}
					</>
				}
			>
				<p>{t(reason === "revoked" ? "auth.signedOut.elsewhere" : "auth.signedOut.expired")}</p>
			</Empty>
		</main>
	);
}
