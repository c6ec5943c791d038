import { useEffect } from "react";
import { parkDeletes, resumeDeletes } from "@/features/timeline/undo-delete";
import { useActions, useSync } from "@/sync/use-sync";

/**
 * What was deleted on a page that went before it was done is done here: before
 * there is a connection, over which what was never sent would be.
 */
export function useLeftDeletes() {
	const actions = useActions();
	const account = useSync(({ me, session }) => (session.isLoaded ? (me?.id ?? null) : null));
	useEffect(
		() => (account === null ? undefined : resumeDeletes(account, actions.deleteMessage)),
		[account, actions],
	);
	// Signing out takes this away; a deletion that was begun is done at the next sign-in.
	useEffect(() => () => void parkDeletes(), []);
}
