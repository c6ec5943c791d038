import { Link, useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { keepList } from "@/features/chats/list-search";
import { useText } from "@/i18n/use-text";
import { selectChat } from "@/sync/selectors";
import { useSync } from "@/sync/use-sync";
import { Empty } from "@/ui/empty";
import { ChatPane } from "./chat-pane";

export function ChatRoute() {
	const { chat: id } = useParams({ from: "/app/chats/$chat" });
	const { at } = useSearch({ from: "/app/chats/$chat" });
	const asked = useLocation({ select: ({ state }) => state.asked ?? null });
	const navigate = useNavigate();
	const chat = useSync((state) => selectChat(state, id));
	const isLoaded = useSync((state) => state.session.isLoaded && state.session.status !== "syncing");
	if (chat === null)
		return isLoaded ? (
			<ChatGone />
		) : (
			<main id="main" className="pane pane--main" aria-busy="true" />
		);
	return (
		<ChatPane
			key={id}
			chat={chat}
			at={at ?? null}
			asked={asked}
			onBack={() => void navigate({ to: "/chats", state: keepList })}
		/>
	);
}

/** Gone and forbidden look alike, on purpose. */
function ChatGone() {
	const t = useText();
	return (
		<main id="main" className="pane pane--main" data-region>
			<div className="pick">
				<Empty
					icon={MapPinOff}
					title={t("chats.goneTitle")}
					action={
						<Link to="/chats" className="btn btn--line">
							{t("chats.goneBack")}
						</Link>
					}
				>
					<p>{t("chats.goneText")}</p>
				</Empty>
			</div>
		</main>
	);
}
