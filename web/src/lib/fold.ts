/** Lower case without accents, so that "sofia" finds "Sofía". */
export function folded(text: string): string {
	return text.trim().normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** Where the wanted letters first stand in the text, folded alike; null where they do not. */
export function foldedPlace(
	text: string,
	wanted: string,
): readonly [from: number, to: number] | null {
	const letters = folded(wanted);
	let before = "";
	/** Of each folded letter, where its sign begins. */
	const places: number[] = [];
	let at = 0;
	for (const sign of text) {
		const fold = sign === " " ? sign : folded(sign);
		before += fold;
		for (let unit = 0; unit < fold.length; unit++) places.push(at);
		at += sign.length;
	}
	const begin = letters === "" ? -1 : before.indexOf(letters);
	const from = places[begin];
	return from === undefined ? null : [from, places[begin + letters.length] ?? text.length];
}
