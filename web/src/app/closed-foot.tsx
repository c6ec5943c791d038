import { ClosedNote } from "@/features/chats/components/closed-note";
import { useBlocked, useUnblock } from "@/features/people/hooks";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import type { ChatFace } from "@/sync/chat-face";
import { showToast } from "@/ui/toast";

/** Why nobody writes here, with the way back where I am the one who closed it. */
export function ClosedFoot({ face }: { face: ChatFace }) {
	const t = useText();
	const blocked = useBlocked().data?.blocked ?? [];
	const unblock = useUnblock();
	const person = blocked.find(({ id }) => id === face.peer?.account);
	const takeBack = () =>
		person &&
		unblock.mutate(person, { onError: (error: unknown) => showToast(problemText(error, t)) });
	return <ClosedNote face={face} onUnblock={person ? takeBack : null} />;
}
