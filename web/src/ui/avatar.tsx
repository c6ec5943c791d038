import { classes } from "./classes";

type Props = {
	/** The account or chat: its hash chooses the hue. */
	id: string;
	name: string;
	photo?: string | null;
	size?: 24 | 28 | 32 | 40 | 48 | 56 | 88;
	isGroup?: boolean;
	isOnline?: boolean;
};

/** A face or initials. Decoration only: the name stands beside it. */
export function Avatar({ id, name, photo, size = 40, isGroup, isOnline }: Props) {
	return (
		<span
			className={classes(
				"av",
				`av-${hueOf(id)}`,
				size !== 40 && `av--${size}`,
				isGroup && "av--group",
			)}
			aria-hidden="true"
		>
			{photo ? <img src={photo} alt="" /> : initialsOf(name)}
			{isOnline && <span className="av__on" />}
		</span>
	);
}

/** One of twelve hues, the same for an id on every device. */
export function hueOf(id: string): number {
	let hash = 0;
	for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
	return (hash % 12) + 1;
}

/** Two initials where the script has them, one character where it has not. */
export function initialsOf(name: string): string {
	const words = name.trim().split(/\s+/).filter(Boolean);
	const first = firstLetter(words[0] ?? "");
	if (words.length < 2 || !/[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u.test(first))
		return first;
	return first + firstLetter(words.at(-1) ?? "");
}

function firstLetter(word: string): string {
	const letter = word.match(/[\p{L}\p{N}]/u)?.[0] ?? Array.from(word)[0] ?? "?";
	return letter.toLocaleUpperCase();
}
