import { useEffect, useState } from "react";
import { createTabFace } from "./tab-face";
import { useWaiting } from "./use-waiting";

/** The tab's title and mark: a number for direct messages, a dot for other activity. */
export function useTabTitle(): void {
	const { direct, other } = useWaiting();
	const [face] = useState(createTabFace);
	useEffect(() => face.follow({ direct, other }), [face, direct, other]);
	useEffect(() => face.close, [face]);
}
