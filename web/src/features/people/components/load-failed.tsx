import { RefreshCw } from "lucide-react";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/empty";

export function LoadFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
	const t = useText();
	return (
		<div className="page__empty" role="alert">
			<Empty
				title={t("error.loadTitle")}
				action={
					<Button icon={RefreshCw} onClick={onRetry}>
						{t("app.tryAgain")}
					</Button>
				}
			>
				<p>{problemText(error, t)}</p>
			</Empty>
		</div>
	);
}
