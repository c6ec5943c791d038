import type { TextKey } from "@/i18n/setup";
import { useText } from "@/i18n/use-text";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { useLook } from "@/ui/look";
import { keysOf, MOD } from "@/ui/platform";

type Shortcut = [keys: string, name: TextKey];

const EVERYWHERE: Shortcut[] = [
	[keysOf("K"), "keys.switcher"],
	[keysOf("Shift F"), "keys.searchEverywhere"],
	["Alt ↑ ↓", "keys.previousNext"],
	["Alt Shift ↑ ↓", "keys.previousNextUnread"],
	["Alt 1…9", "keys.position"],
	["F6", "keys.regions"],
	[keysOf(","), "keys.settings"],
	[keysOf("/"), "keys.sheet"],
];

const IN_CHAT: Shortcut[] = [
	[keysOf("F"), "search.inChat"],
	["Page ↑ ↓", "keys.pages"],
	["↑ ↓ Home End", "keys.messages"],
	["Enter, Shift F10", "keys.messageMenu"],
	["+", "keys.react"],
	["Enter", "keys.toDate"],
	["Space", "keys.select"],
	["Shift ↑ ↓", "keys.selectMore"],
	["Esc", "keys.escape"],
];

function writing(sendKey: "enter" | "ctrl-enter"): Shortcut[] {
	const isEnter = sendKey === "enter";
	return [
		[isEnter ? "Enter" : `${MOD} Enter`, "keys.send"],
		[isEnter ? "Shift Enter" : "Enter", "keys.newLine"],
		["↑", "keys.editLast"],
		[keysOf("B"), "keys.bold"],
		[keysOf("I"), "keys.italic"],
		[keysOf("E"), "keys.code"],
	];
}

/** Every shortcut there is, in three groups. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
	const t = useText();
	const { sendKey } = useLook();
	return (
		<Dialog title={t("keys.title")} isWide onClose={onClose}>
			<div className="keys">
				<Group title={t("keys.general")} shortcuts={EVERYWHERE} />
				<div>
					<Group title={t("keys.inChat")} shortcuts={IN_CHAT} />
					<Group title={t("keys.writing")} shortcuts={writing(sendKey)} />
				</div>
			</div>
			<DialogActions>
				<Button onClick={onClose}>{t("app.close")}</Button>
			</DialogActions>
		</Dialog>
	);
}

function Group({ title, shortcuts }: { title: string; shortcuts: Shortcut[] }) {
	const t = useText();
	return (
		<section className="keys__group">
			<h3>{title}</h3>
			<dl>
				{shortcuts.map(([keys, name]) => (
					<div key={name} className="keys__row">
						<dt>{t(name)}</dt>
						<dd>
							<kbd dir="ltr">{keys}</kbd>
						</dd>
					</div>
				))}
			</dl>
		</section>
	);
}
