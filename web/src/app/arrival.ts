import { useEffect } from "react";

/** The forms were here, and have gone with the focus that was in them. */
let hasLeftForms = false;

export function useLeavingForms(): void {
	useEffect(
		() => () => {
			hasLeftForms = true;
		},
		[],
	);
}

/**
 * Whoever has just signed in begins at the first heading; at nothing, a reader
 * says nothing and a key goes nowhere. Whoever loads the page begins at its
 * top, as on every other page.
 */
export function useArrival(): void {
	useEffect(() => {
		if (!hasLeftForms) return;
		hasLeftForms = false;
		if (document.activeElement !== document.body) return;
		document.querySelector<HTMLElement>(".shell h1[tabindex]")?.focus();
	}, []);
}
