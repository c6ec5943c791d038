import { Link } from "@tanstack/react-router";
import { Lock } from "lucide-react";
import { useText } from "@/i18n/use-text";
import type { ChatFace } from "@/sync/chat-face";
import { Icon } from "@/ui/icon";

/** Stands where the composer was, once nobody may write. */
export function ClosedNote({ face }: { face: ChatFace }) {
	const t = useText();
	const query = face.peer?.username ?? face.name;
	return (
		<footer className="composer" data-region="composer">
			<div className="note composer__closed">
				<Icon of={Lock} size="s" />
				<span className="grow">{t("composer.closed")}</span>
				<Link to="/people" search={{ q: query }}>
					{t("composer.closedDo", { name: face.name })}
				</Link>
			</div>
		</footer>
	);
}
