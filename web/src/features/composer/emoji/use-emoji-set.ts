import { useEffect, useState } from "react";
import { type EmojiSet, loadEmoji } from "./emoji-set";

/** The emoji in the page's language, once they are loaded. */
export function useEmojiSet() {
	const [set, setSet] = useState<EmojiSet | null>(null);
	const [hasFailed, setFailed] = useState(false);
	useEffect(() => {
		let isHere = true;
		loadEmoji().then(
			(loaded) => isHere && setSet(loaded),
			() => isHere && setFailed(true),
		);
		return () => {
			isHere = false;
		};
	}, []);
	return { set, hasFailed };
}
