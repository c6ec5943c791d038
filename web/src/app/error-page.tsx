import { Link, useRouter } from "@tanstack/react-router";
import { Copy, MapPinOff, RefreshCw, ServerCrash } from "lucide-react";
import { isApiError } from "@/api/client";
import { useText } from "@/i18n/use-text";
import { Button, IconButton } from "@/ui/button";
import { copyOut } from "@/ui/copy-out";
import { Empty } from "@/ui/empty";

/** The last net: a page that broke says so and offers the way back. */
export function ErrorPage({ error }: { error: unknown }) {
	const t = useText();
	const router = useRouter();
	const requestId = isApiError(error) ? error.requestId : "";
	return (
		<main className="alone">
			<Empty
				isPage
				icon={ServerCrash}
				title={t(requestId ? "error.serverTitle" : "error.pageTitle")}
				action={
					<>
						<Button icon={RefreshCw} onClick={() => void router.invalidate()}>
							{t("app.tryAgain")}
						</Button>
						<Button tone="ghost" onClick={() => location.reload()}>
							{t("error.reload")}
						</Button>
					</>
				}
			>
				<p>{t(requestId ? "error.serverText" : "error.pageText")}</p>
				{requestId && (
					<p className="row request-id" dir="ltr">
						{requestId}
						<IconButton
							label={t("error.copyNumber")}
							icon={Copy}
							size="s"
							onClick={() => void copyOut(requestId)}
						/>
					</p>
				)}
			</Empty>
		</main>
	);
}

export function NotFoundPage() {
	const t = useText();
	return (
		<main className="alone">
			<Empty
				isPage
				icon={MapPinOff}
				title={t("error.notFoundTitle")}
				action={
					<Link className="btn btn--line" to="/chats">
						{t("chats.goneBack")}
					</Link>
				}
			>
				<p>{t("error.notFoundText")}</p>
			</Empty>
		</main>
	);
}
