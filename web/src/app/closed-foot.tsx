import { ClosedNote } from "@/features/chats/components/closed-note";
import type { ChatFace } from "@/sync/chat-face";
import { useTakeBack } from "./use-take-back";

/** Why nobody writes here, with the way back where I am the one who closed it. */
export function ClosedFoot({ face }: { face: ChatFace }) {
	const { isBlocked, takeBack } = useTakeBack(face);
	return <ClosedNote face={face} onUnblock={isBlocked ? takeBack : null} />;
}
