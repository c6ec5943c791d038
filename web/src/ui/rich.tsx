import { Fragment, type ReactNode } from "react";

type Props = { text: string; parts: Record<string, (inner: string) => ReactNode> };

/** A translated sentence with marked places, so that word order stays the translator's. */
export function Rich({ text, parts }: Props) {
	const pieces: ReactNode[] = [];
	let from = 0;
	for (const match of text.matchAll(/<(\w+)>(.*?)<\/\1>/g)) {
		const [whole, name = "", inner = ""] = match;
		pieces.push(text.slice(from, match.index), parts[name]?.(inner) ?? inner);
		from = match.index + whole.length;
	}
	pieces.push(text.slice(from));
	return pieces.map((piece, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence keep their order.
		<Fragment key={index}>{piece}</Fragment>
	));
}
