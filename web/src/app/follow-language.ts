import { pickLanguage, setLanguage } from "@/i18n/setup";
import { currentLook, onLook } from "@/ui/look";

/** The page speaks the language that was chosen, in this tab or in another. */
export function followLanguage(): void {
	const follow = () => {
		// What cannot be fetched now is asked for again when it is chosen again.
		setLanguage(pickLanguage(currentLook().language, navigator.languages)).catch(() => undefined);
	};
	onLook(follow);
	follow();
}
