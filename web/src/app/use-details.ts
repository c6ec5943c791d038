import { setLook, useLook } from "@/ui/look";
import { THREE_PANES, useMedia } from "@/ui/use-media";
import { useOver } from "./use-over";

/** A third pane where there is room for it, remembered; else a drawer for the moment. */
export function useDetails() {
	const hasRoom = useMedia(THREE_PANES);
	const { isDetailsOpen } = useLook();
	const { over, show, close } = useOver();
	const isDrawer = !hasRoom && over === "details";
	function set(isWanted: boolean) {
		if (hasRoom) setLook({ isDetailsOpen: isWanted });
		else if (isWanted) show("details");
		else close();
	}
	const isOpen = hasRoom ? isDetailsOpen : isDrawer;
	return {
		isOpen,
		isPane: hasRoom && isDetailsOpen,
		isDrawer,
		open: () => set(true),
		close: () => set(false),
		toggle: () => set(!isOpen),
	};
}
