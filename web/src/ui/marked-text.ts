/** The text that is marked on the page, where it reaches into this element; else nothing. */
export function markedTextIn(element: Element): string {
	const selection = getSelection();
	if (!selection || selection.isCollapsed || !selection.containsNode(element, true)) return "";
	return selection.toString();
}
