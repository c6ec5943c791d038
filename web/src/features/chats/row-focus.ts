/**
 * Call before a row of the list moves or leaves: the focus, once lost with it,
 * returns to the row where it stands by then, else to the one that was next,
 * and where no row is left to the name of the list.
 */
export function keepRowFocus(chat: string): void {
	const find = (id: string | undefined) =>
		document.querySelector<HTMLElement>(`[data-rove="${id}"]`);
	const slot = find(chat)?.closest("li");
	const next = slot?.nextElementSibling ?? slot?.previousElementSibling;
	const nextId = next?.querySelector<HTMLElement>("[data-rove]")?.dataset.rove;
	setTimeout(() => {
		if (document.activeElement === document.body)
			(find(chat) ?? find(nextId) ?? nameOfList())?.focus();
	});
}

export function nameOfList(): HTMLElement | null {
	return document.querySelector<HTMLElement>(".pane--list h1");
}
