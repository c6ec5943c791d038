import { useEffect, useState } from "react";

/**
 * A part that is not in the first load and is fetched as soon as the page
 * stands; null until it is here. Unlike a lazy one it is drawn in the very
 * frame that asks for it, so that the next key already meets it. What could not
 * be fetched is fetched again once it `isWanted`.
 */
export function useLoaded<T>(load: () => Promise<T>, isWanted: boolean): T | null {
	const [loaded, setLoaded] = useState<T | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: to want it is what asks again.
	useEffect(() => {
		load().then(
			(part) => setLoaded(() => part),
			() => undefined,
		);
	}, [load, isWanted]);
	return loaded;
}
