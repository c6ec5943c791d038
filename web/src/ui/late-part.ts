import { useEffect, useState } from "react";
import { useHeldKeys } from "./held-keys";

/** A part that is not in the first load. */
export type LatePart<T> = { readonly load: () => Promise<T>; here: T | null };

export function latePart<T>(load: () => Promise<T>): LatePart<T> {
	return { load, here: null };
}

/**
 * The part, fetched as soon as the page stands; null until it is here. Unlike a
 * lazy one it is drawn in the very frame that asks for it, so that the next key
 * already meets it, and nothing blinks where it is drawn again. One that cannot
 * be fetched ends no page: it is let go of, and fetched again by the next press
 * or once there is a network. A layer, which names how it is let go of, has the
 * keys from the moment it is asked for.
 */
export function useLatePart<T>(part: LatePart<T>, isWanted: boolean, letGo?: () => void): T | null {
	const [here, setHere] = useState(() => part.here);
	// biome-ignore lint/correctness/useExhaustiveDependencies: to want it is what asks again.
	useEffect(() => {
		if (here !== null) return;
		let isCurrent = true;
		const fetchIt = () =>
			void part.load().then(
				(loaded) => {
					part.here = loaded;
					setHere(() => loaded);
				},
				() => isCurrent && isWanted && letGo?.(),
			);
		fetchIt();
		addEventListener("online", fetchIt);
		return () => {
			isCurrent = false;
			removeEventListener("online", fetchIt);
		};
	}, [part, here, isWanted]);
	useHeldKeys(isWanted && here === null && letGo !== undefined, here !== null, () => letGo?.());
	return here;
}
