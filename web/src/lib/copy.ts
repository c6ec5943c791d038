/**
 * Puts text on the clipboard. A page that came without TLS has no clipboard of
 * its own; there the document copies what is selected in a field out of sight.
 */
export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copyFromField(text);
	}
}

function copyFromField(text: string): boolean {
	const before = document.activeElement;
	const field = document.createElement("textarea");
	field.value = text;
	field.className = "sr";
	// Inside an open dialog, since all else is inert while it is there.
	(document.querySelector("dialog[open]") ?? document.body).append(field);
	field.select();
	const isCopied = document.execCommand("copy");
	field.remove();
	if (before instanceof HTMLElement) before.focus({ preventScroll: true });
	return isCopied;
}
