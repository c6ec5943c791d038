import { type RefObject, useEffect } from "react";

/**
 * Keeps the keyboard where it was when the pressed button goes away because
 * its work is done: on the same person's row, wherever it stands now. Until that
 * row comes the page's heading stands in for it.
 */
export function useKeptFocus(ref: RefObject<HTMLElement | null>): void {
	useEffect(() => {
		const page = ref.current;
		if (page === null) return;
		let last: { element: Element; person: string } | null = null;
		function handleFocus({ target }: FocusEvent) {
			const element = target as HTMLElement;
			const person = element.closest<HTMLElement>("[data-person]")?.dataset.person;
			last = person === undefined ? null : { element, person };
		}
		const observer = new MutationObserver(() => {
			if (last === null || last.element.isConnected) return;
			const heading = page.querySelector("h1");
			if (document.activeElement !== document.body && document.activeElement !== heading) return;
			const sought = last;
			const row = page.querySelector(`[data-person="${CSS.escape(sought.person)}"]`);
			const next = row?.querySelector<HTMLElement>("a, button") ?? heading;
			next?.focus();
			if (next === heading) last = sought;
		});
		page.addEventListener("focusin", handleFocus);
		observer.observe(page, { childList: true, subtree: true });
		return () => {
			page.removeEventListener("focusin", handleFocus);
			observer.disconnect();
		};
	}, [ref]);
}
