/** A dialog, a menu or a panel is over the page: it has the keys. */
export function isLayerOpen(): boolean {
	return document.querySelector("dialog[open], :popover-open") !== null;
}
