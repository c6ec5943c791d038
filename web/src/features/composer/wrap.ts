/** Puts `mark` around the selection, or takes it away where it stands already. */
export function wrapSelection(field: HTMLTextAreaElement, mark: string): void {
	const { selectionStart: from, selectionEnd: to, value } = field;
	const inner = value.slice(from, to);
	const isWrapped =
		value.slice(from - mark.length, from) === mark && value.slice(to, to + mark.length) === mark;
	if (isWrapped) {
		field.setSelectionRange(from - mark.length, to + mark.length);
		insert(field, inner);
		field.setSelectionRange(from - mark.length, to - mark.length);
	} else {
		insert(field, `${mark}${inner}${mark}`);
		field.setSelectionRange(from + mark.length, to + mark.length);
	}
}

/** Types `text` at the cursor, as the person would, so that undo still works. */
export function insert(field: HTMLTextAreaElement, text: string): void {
	field.focus();
	// Deprecated and without a successor: only this keeps the browser's undo history.
	const isDone = document.execCommand?.("insertText", false, text);
	if (isDone) return;
	field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
	field.dispatchEvent(new Event("input", { bubbles: true }));
}
