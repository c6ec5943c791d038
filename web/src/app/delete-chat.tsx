import { selectChat } from "@/sync/selectors";
import { useSync } from "@/sync/use-sync";
import { latePart, useLatePart } from "@/ui/late-part";

const dialogPart = latePart(() =>
	import("@/features/chats/components/delete-dialog").then((module) => module.DeleteDialog),
);

type Props = { chat: string | null; onClose: () => void };

/** Asks whether the chat is to be deleted; null where none is. */
export function DeleteChat({ chat: id, onClose }: Props) {
	const chat = useSync((state) => (id === null ? null : selectChat(state, id)));
	const DeleteDialog = useLatePart(dialogPart, id !== null, onClose);
	return chat && DeleteDialog && <DeleteDialog chat={chat} onClose={onClose} />;
}
