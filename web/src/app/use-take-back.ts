import { useBlocked, useUnblock } from "@/features/people/hooks";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import type { ChatFace } from "@/sync/chat-face";
import { announce } from "@/ui/announcer";
import { showToast } from "@/ui/toast";

/** Whether I block the other person of a chat (null until that is known), and the way back. */
export function useTakeBack(face: ChatFace, isWanted = true) {
	const t = useText();
	const blocked = useBlocked(isWanted).data?.blocked;
	const unblock = useUnblock();
	const person = blocked?.find(({ id }) => id === face.peer?.account);
	function takeBack() {
		if (!person) return;
		unblock.mutate(person, {
			onSuccess: () => announce(t("people.unblocked", { name: face.name })),
			onError: (error: unknown) => showToast(problemText(error, t)),
		});
	}
	return { isBlocked: blocked ? person !== undefined : null, takeBack };
}
