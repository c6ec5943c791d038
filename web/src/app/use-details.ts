import { useLocation, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { setLook, useLook } from "@/ui/look";
import { THREE_PANES, useMedia } from "@/ui/use-media";

declare module "@tanstack/react-router" {
	interface HistoryState {
		/** The details lie over the chat. */
		hasDetails?: boolean;
	}
}

/**
 * A third pane where there is room for it, remembered; else a drawer for the
 * moment. The drawer is a step of the history, since on a phone it covers all
 * and Back is expected to lead out of it.
 */
export function useDetails() {
	const hasRoom = useMedia(THREE_PANES);
	const { isDetailsOpen } = useLook();
	const drawer = useDrawer();
	const set = hasRoom ? (isOpen: boolean) => setLook({ isDetailsOpen: isOpen }) : drawer.set;
	const isOpen = hasRoom ? isDetailsOpen : drawer.isOpen;
	return {
		isOpen,
		isPane: hasRoom && isDetailsOpen,
		isDrawer: !hasRoom && drawer.isOpen,
		close: () => set(false),
		toggle: () => set(!isOpen),
	};
}

function useDrawer() {
	const router = useRouter();
	const navigate = useNavigate();
	const isOpen = useLocation().state.hasDetails === true;
	const isLeaving = useRef(false);
	useEffect(() => {
		if (!isOpen) isLeaving.current = false;
	}, [isOpen]);

	function set(isWanted: boolean) {
		const { state } = router.history.location;
		if (isWanted === (state.hasDetails === true)) return;
		if (isWanted) {
			void navigate({ to: ".", search: true, hash: true, state: { hasDetails: true } });
			return;
		}
		// Going back takes a moment, in which a second press must not go further.
		if (isLeaving.current) return;
		isLeaving.current = true;
		router.history.back();
	}
	return { isOpen, set };
}
