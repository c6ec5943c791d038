import type { KeyboardEvent } from "react";
import { useText } from "@/i18n/use-text";
import { SearchField } from "@/ui/search-field";
import type { NameSearch } from "../use-name-search";

type Props = {
	/** Of the list it is for: `id-list`, with the options `id-0`, `id-1` … */
	id: string;
	label: string;
	search: NameSearch;
	onKeyDown: (event: KeyboardEvent) => void;
};

/** Where one types the name of a chat. */
export function NameField({ id, label, search: { typed, hits, at, type }, onKeyDown }: Props) {
	const t = useText();
	return (
		<SearchField
			label={label}
			placeholder={t("switcher.placeholder")}
			typed={typed}
			onType={type}
			hits={{ id, count: hits.length, at }}
			onKeyDown={onKeyDown}
			isLarge
			className="switcher__box"
		/>
	);
}
