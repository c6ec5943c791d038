import { Link } from "@tanstack/react-router";
import { LogOut } from "lucide-react";
import type { TextKey } from "@/i18n/setup";
import { useText } from "@/i18n/use-text";
import { Empty } from "@/ui/empty";

type Reason = "other-tab" | "revoked" | "expired";

const TITLES: Record<Reason, TextKey> = {
	"other-tab": "auth.signedOut.tabTitle",
	revoked: "auth.signedOut.title",
	expired: "auth.signedOut.title",
};

const TEXTS: Record<Reason, TextKey> = {
	"other-tab": "auth.signedOut.tab",
	revoked: "auth.signedOut.elsewhere",
	expired: "auth.signedOut.expired",
};

/** Says why the page closed, instead of showing a sign-in form out of nowhere. */
export function SignedOutPage({ reason }: { reason: Reason }) {
	const t = useText();
	return (
		<main className="alone">
			<Empty
				isPage
				icon={LogOut}
				isIconFlipped
				title={t(TITLES[reason])}
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
				<p>{t(TEXTS[reason])}</p>
			</Empty>
		</main>
	);
}
