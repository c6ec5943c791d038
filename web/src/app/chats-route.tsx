import { useText } from "@/i18n/use-text";
import { selectChats } from "@/sync/selectors";
import { useSync } from "@/sync/use-sync";
import { Empty } from "@/ui/empty";
import { keysOf } from "@/ui/platform";
import { Rich } from "@/ui/rich";

/** No chat is chosen: say how to choose one. */
export function ChatsRoute() {
	const t = useText();
	const hasChats = useSync((state) => selectChats(state).length > 0);
	return (
		<main id="main" className="pane pane--main" data-region>
			{hasChats && (
				<div className="pick">
					<Empty title={t("chats.pickTitle")}>
						<p>
							<Rich
								text={t("chats.pickText", { keys: keysOf("K") })}
								parts={{ k: (inner) => <kbd dir="ltr">{inner}</kbd> }}
							/>
						</p>
						<ul className="pick__keys">
							<Shortcut keys="Alt ↑ ↓" name={t("keys.previousNext")} />
							<Shortcut keys={keysOf("/")} name={t("keys.title")} />
							<Shortcut keys={keysOf(",")} name={t("keys.settings")} />
						</ul>
					</Empty>
				</div>
			)}
		</main>
	);
}

function Shortcut({ keys, name }: { keys: string; name: string }) {
	return (
		<li className="row small t2">
			<kbd dir="ltr">{keys}</kbd>
			{name}
		</li>
	);
}
