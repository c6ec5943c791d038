import { Keyboard } from "lucide-react";
import { useState } from "react";
import { isLanguage, LANGUAGES } from "@/i18n/languages";
import { currentLanguage } from "@/i18n/setup";
import { useText } from "@/i18n/use-text";
import { Button } from "@/ui/button";
import { Segmented, Switch } from "@/ui/choice";
import { setLook, useLook } from "@/ui/look";
import { MOD } from "@/ui/platform";

type Permission = NotificationPermission | "unknown";

function permissionNow(): Permission {
	return "Notification" in window ? Notification.permission : "unknown";
}

/** Asked from a button, never on load; a refusal says where to take it back. */
export function NotificationsSection() {
	const t = useText();
	const { hasNotifications } = useLook();
	const [permission, setPermission] = useState(permissionNow);
	const hint = {
		granted: t("settings.notifyRowText"),
		default: t("settings.notifyRowText"),
		denied: t("settings.notifyBlocked"),
		unknown: t("settings.notifyUnknown"),
	}[permission];

	async function ask() {
		const answer = await Notification.requestPermission();
		setPermission(answer);
		if (answer === "granted") setLook({ hasNotifications: true });
	}

	return (
		<section id="notifications" aria-labelledby="notifications-title">
			<h2 id="notifications-title">{t("settings.notifications")}</h2>
			<p>{t("settings.notificationsText")}</p>
			<div className="rows">
				<div>
					<div className="grow">
						<p>{t("settings.notifyRow")}</p>
						<p className="small t2">{hint}</p>
					</div>
					{permission === "default" && (
						<Button size="s" onClick={() => void ask()}>
							{t("settings.notifyAsk")}
						</Button>
					)}
					{permission === "granted" && (
						<Switch
							label={t("settings.notifyRow")}
							isOn={hasNotifications}
							onChange={(isOn) => setLook({ hasNotifications: isOn })}
						/>
					)}
				</div>
			</div>
		</section>
	);
}

export function WritingSection() {
	const t = useText();
	const { sendKey } = useLook();
	return (
		<section id="writing" aria-labelledby="writing-title">
			<h2 id="writing-title">{t("settings.writing")}</h2>
			<div className="rows">
				<div className="stack">
					<div className="grow">
						<p>{t("settings.sendKey")}</p>
						<p className="small t2">{t(`settings.sendKeyText.${sendKey}`)}</p>
					</div>
					<Segmented
						label={t("settings.sendKey")}
						options={[
							{ value: "enter", label: t("settings.sendEnter") },
							{ value: "ctrl-enter", label: t("settings.sendCtrl", { mod: MOD }) },
						]}
						value={sendKey}
						onChange={(next) => setLook({ sendKey: next })}
					/>
				</div>
			</div>
		</section>
	);
}

export function LanguageSection() {
	const t = useText();
	function choose(language: string) {
		if (isLanguage(language)) setLook({ language });
	}
	return (
		<section id="language" aria-labelledby="language-title">
			<h2 id="language-title">{t("settings.language")}</h2>
			<p>{t("settings.languageText")}</p>
			<div className="rows">
				<div className="stack">
					<div className="grow">
						<p>{t("settings.language")}</p>
					</div>
					<select
						className="select"
						aria-label={t("settings.language")}
						value={currentLanguage()}
						onChange={(event) => choose(event.target.value)}
					>
						{Object.entries(LANGUAGES).map(([tag, name]) => (
							<option key={tag} value={tag} lang={tag}>
								{name}
							</option>
						))}
					</select>
				</div>
			</div>
		</section>
	);
}

export function KeyboardSection({ onShowKeys }: { onShowKeys: () => void }) {
	const t = useText();
	return (
		<section id="keyboard" aria-labelledby="keyboard-title">
			<h2 id="keyboard-title">{t("settings.keyboard")}</h2>
			<p>{t("settings.keyboardText")}</p>
			<div className="row set__act">
				<Button icon={Keyboard} onClick={onShowKeys}>
					{t("settings.keyboardShow")}
				</Button>
			</div>
		</section>
	);
}
