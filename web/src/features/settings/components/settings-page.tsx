import {
	Bell,
	Keyboard,
	KeyRound,
	Languages,
	type LucideIcon,
	Palette,
	PenLine,
	UserRound,
} from "lucide-react";
import { useEffect, useRef } from "react";
import type { TextKey } from "@/i18n/setup";
import { useText } from "@/i18n/use-text";
import { Icon } from "@/ui/icon";
import { AppearanceSection } from "./appearance-section";
import { DevicesSection } from "./devices-section";
import {
	KeyboardSection,
	LanguageSection,
	NotificationsSection,
	WritingSection,
} from "./habit-sections";
import { ProfileSection } from "./profile-section";

const PLACES: [id: string, icon: LucideIcon, name: TextKey][] = [
	["profile", UserRound, "settings.profile"],
	["devices", KeyRound, "settings.security"],
	["notifications", Bell, "settings.notifications"],
	["appearance", Palette, "settings.appearance"],
	["writing", PenLine, "settings.writing"],
	["language", Languages, "settings.language"],
	["keyboard", Keyboard, "settings.keyboard"],
];

type Props = { place: string; onShowKeys: () => void };

/** One page with all settings; the names at its side lead to their places. */
export function SettingsPage({ place, onShowKeys }: Props) {
	const t = useText();
	const nav = useRef<HTMLElement>(null);
	useEffect(() => {
		nav.current
			?.querySelector("[aria-current]")
			?.scrollIntoView({ block: "nearest", inline: "center" });
		if (place) document.getElementById(place)?.scrollIntoView({ block: "start" });
	}, [place]);
	return (
		<div className="scroll" data-region>
			<div className="set">
				<div className="set__side">
					<h1>{t("settings.title")}</h1>
					<nav ref={nav} className="set__nav" aria-label={t("settings.title")}>
						{PLACES.map(([id, icon, name]) => (
							<a
								key={id}
								href={`#${id}`}
								aria-current={(place || "profile") === id ? "true" : undefined}
							>
								<Icon of={icon} />
								{t(name)}
							</a>
						))}
					</nav>
				</div>
				<div>
					<ProfileSection />
					<DevicesSection />
					<NotificationsSection />
					<AppearanceSection />
					<WritingSection />
					<LanguageSection />
					<KeyboardSection onShowKeys={onShowKeys} />
				</div>
			</div>
		</div>
	);
}
