/**
 * The bridge to React: the only file of `sync` that knows it.
 *
 * `app` provides one `Sync`; features read it with selectors that return
 * stable references (see `selectors.ts`) and act through `useActions`.
 */
import { createContext, type ReactNode, use, useEffect, useSyncExternalStore } from "react";
import type { Actions, Notice, State, Sync } from "./types";

const SyncContext = createContext<Sync | null>(null);

export function SyncProvider({ sync, children }: { sync: Sync; children: ReactNode }) {
	return <SyncContext value={sync}>{children}</SyncContext>;
}

function useProvided(): Sync {
	const sync = use(SyncContext);
	if (sync === null) throw new Error("SyncProvider is missing above this component");
	return sync;
}

/** Reads the state; renders again only when the selector's answer is another reference. */
export function useSync<T>(select: (state: State) => T): T {
	const sync = useProvided();
	const read = () => select(sync.getState());
	return useSyncExternalStore(sync.subscribe, read, read);
}

export function useActions(): Actions {
	return useProvided().actions;
}

/** Hears notices while mounted. Give a function that keeps its identity. */
export function useNotices(listener: (notice: Notice) => void): void {
	const sync = useProvided();
	useEffect(() => sync.onNotice(listener), [sync, listener]);
}
