import { Search } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useText } from "@/i18n/use-text";
import { Icon } from "@/ui/icon";
import type { Finding } from "../use-finding";

type Props = {
	/** Of the list it is for: `id-list`, with the options `id-0`, `id-1` … */
	id: string;
	label: string;
	finding: Finding;
	onKeyDown: (event: KeyboardEvent) => void;
};

/** Where one types a name: it keeps the focus, and the keys that go along the list. */
export function FindField({ id, label, finding: { typed, found, at, type }, onKeyDown }: Props) {
	const t = useText();
	return (
		<div className="field__box switcher__box">
			<Icon of={Search} size="s" />
			<input
				role="combobox"
				aria-expanded="true"
				aria-controls={`${id}-list`}
				aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
				aria-label={label}
				placeholder={t("switcher.placeholder")}
				autoComplete="off"
				spellCheck={false}
				dir="auto"
				value={typed}
				onKeyDown={onKeyDown}
				onChange={(event) => type(event.target.value)}
			/>
		</div>
	);
}
