import { pickLanguage, setLanguage } from "@/i18n/setup";
import { currentLook, onLook } from "@/ui/look";

/** The page speaks the language that was chosen, in this tab or in another. */
export function followLanguage(): void {
	const follow = () => {
		void setLanguage(pickLanguage(currentLook().language, navigator.languages));
	};
	onLook(follow);
	follow();
}
