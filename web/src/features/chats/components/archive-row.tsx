import { Archive } from "lucide-react";
import { useText } from "@/i18n/use-text";
import { isUnread } from "@/sync/selectors";
import { Badge } from "@/ui/badge";
import { Icon } from "@/ui/icon";
import { useArchived } from "../use-chat-rows";

/** Its name among the stops of the list. */
export const ARCHIVE_STOP = "archive";

/** The way to what was put away, and how many chats wait there. */
export function ArchiveRow({ isTabStop, onOpen }: { isTabStop: boolean; onOpen: () => void }) {
	const t = useText();
	const count = useArchived().filter(isUnread).length;
	return (
		<li>
			<button
				type="button"
				className="lrow lrow--archive"
				tabIndex={isTabStop ? 0 : -1}
				data-rove={ARCHIVE_STOP}
				onClick={onOpen}
			>
				<span className="lrow__art">
					<Icon of={Archive} />
				</span>
				<span className="lrow__sub">
					<span className="grow">{t("chats.archived")}</span>
					<Badge count={count} isQuiet label={t("chats.unreadChats", { count })} />
				</span>
			</button>
		</li>
	);
}
