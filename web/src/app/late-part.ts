import { useEffect, useState } from "react";

/** A part that is not in the first load. */
export type LatePart<T> = { readonly load: () => Promise<T>; here: T | null };

export function latePart<T>(load: () => Promise<T>): LatePart<T> {
	return { load, here: null };
}

/**
 * The part, fetched as soon as the page stands; null until it is here. Unlike a
 * lazy one it is drawn in the very frame that asks for it, so that the next key
 * already meets it, and nothing blinks where it is drawn again. What could not
 * be fetched is fetched again once it `isWanted`.
 */
export function useLatePart<T>(part: LatePart<T>, isWanted: boolean): T | null {
	const [here, setHere] = useState(() => part.here);
	// biome-ignore lint/correctness/useExhaustiveDependencies: to want it is what asks again.
	useEffect(() => {
		if (here !== null) return;
		part.load().then(
			(loaded) => {
				part.here = loaded;
				setHere(() => loaded);
			},
			() => undefined,
		);
	}, [part, here, isWanted]);
	return here;
}
