/** A dialog, a menu or a panel is over the page and has the keys; a tooltip has none. */
export function isLayerOpen(): boolean {
	return document.querySelector("dialog[open], :popover-open:not(.layer--tip)") !== null;
}
