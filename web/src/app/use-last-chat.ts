import { useState } from "react";
import { selectChat } from "@/sync/selectors";
import { useSync } from "@/sync/use-sync";

/** The chat that was open last, for as long as the caller is mounted; null where it is gone. */
export function useLastChat(current: string | null): string | null {
	const [last, setLast] = useState(current);
	if (current !== null && current !== last) setLast(current);
	const isThere = useSync((state) => last !== null && selectChat(state, last) !== null);
	return isThere ? last : null;
}
