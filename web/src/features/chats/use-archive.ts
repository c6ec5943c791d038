import { type HistoryState, useLocation, useNavigate, useRouter } from "@tanstack/react-router";

declare module "@tanstack/react-router" {
	interface HistoryState {
		/** The list shows what was archived; `step` where Back leads out of it. */
		archive?: "step" | "stay";
	}
}

/** For a step to a chat, or back from it: the list stays as it is. */
export function keepArchive({ archive }: HistoryState): HistoryState {
	return archive === undefined ? {} : { archive: "stay" };
}

/** The archive in place of the list: a step of the history, since Back is expected to lead out of it. */
export function useArchive() {
	const router = useRouter();
	const navigate = useNavigate();
	const isOpen = useLocation().state.archive !== undefined;
	const go = (archive: "step" | undefined, replace: boolean) =>
		void navigate({ to: ".", search: true, hash: true, state: { archive }, replace });
	return {
		isOpen,
		open: () => go("step", false),
		close() {
			if (router.history.location.state.archive === "step") router.history.back();
			else go(undefined, true);
		},
	};
}
