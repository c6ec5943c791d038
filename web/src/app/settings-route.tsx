import { useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { SettingsPage } from "@/features/settings/components/settings-page";
import { ShortcutSheet } from "./shortcut-sheet";

export function SettingsRoute() {
	const { hash } = useLocation();
	const [hasKeys, setKeys] = useState(false);
	return (
		<main id="main" className="pane pane--main">
			<SettingsPage place={hash} onShowKeys={() => setKeys(true)} />
			{hasKeys && <ShortcutSheet onClose={() => setKeys(false)} />}
		</main>
	);
}
