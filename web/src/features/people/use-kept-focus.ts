import { type RefObject, useEffect } from "react";

/**
 * Keeps the keyboard where it was when the pressed button goes away because
 * its work is done: on the same person's row, wherever it stands now.
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
			if (document.activeElement !== document.body) return;
			const row = page.querySelector(`[data-person="${CSS.escape(last.person)}"]`);
			const next = row?.querySelector<HTMLElement>("a, button") ?? page.querySelector("h1");
			next?.focus();
		});
		page.addEventListener("focusin", handleFocus);
		observer.observe(page, { childList: true, subtree: true });
		return () => {
			page.removeEventListener("focusin", handleFocus);
			observer.disconnect();
		};
	}, [ref]);
}
