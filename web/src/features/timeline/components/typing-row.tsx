import { useText } from "@/i18n/use-text";
import { selectMember, selectTyping } from "@/sync/selectors";
import { useSync } from "@/sync/use-sync";

/** Reserves its height, so that rows do not move when someone starts to write. */
export function TypingRow({ chat }: { chat: string }) {
	const t = useText();
	const name = useSync((state) => {
		const account = selectTyping(state, chat)[0];
		return account === undefined ? null : (selectMember(state, chat, account)?.name ?? null);
	});
	return (
		<div className="typing" aria-hidden="true">
			{name !== null && (
				<>
					<span className="dots">
						<i />
						<i />
						<i />
					</span>
					<span dir="auto" className="clip">
						{t("presence.typingNamed", { name: name.split(" ")[0] ?? name })}
					</span>
				</>
			)}
		</div>
	);
}
