/** Lower case without accents, so that "sofia" finds "Sofía". */
export function folded(text: string): string {
	return text.trim().normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
