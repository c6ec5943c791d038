import { createContext, type ReactNode, use, useState } from "react";
import type { Row } from "@/sync/types";

/** A change of a message that was begun and not ended, as far as it was written. */
type Edit = { readonly row: Row; readonly text: string };

type Edits = Map<string, Edit>;

const EditsContext = createContext<Edits | null>(null);

/**
 * Keeps, by chat, what one was changing there while one looks elsewhere. In
 * memory only, and for no longer than one account is signed in.
 */
export function KeptEditsProvider({ children }: { children: ReactNode }) {
	const [edits] = useState<Edits>(() => new Map());
	return <EditsContext value={edits}>{children}</EditsContext>;
}

export function useKeptEdits(): Edits {
	const edits = use(EditsContext);
	if (edits === null) throw new Error("KeptEditsProvider is missing above this component");
	return edits;
}
