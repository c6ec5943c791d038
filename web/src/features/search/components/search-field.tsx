import { Search, X } from "lucide-react";
import type { KeyboardEvent, Ref } from "react";
import { useText } from "@/i18n/use-text";
import { IconButton } from "@/ui/button";
import { Icon } from "@/ui/icon";
import type { ChatSearch } from "../use-chat-search";
import { MOST_LETTERS } from "../use-message-search";

type Props = {
	ref: Ref<HTMLInputElement>;
	/** Of the hits: `id-list`, with the options `id-0`, `id-1` … */
	id: string;
	finding: ChatSearch;
	onKeyDown: (event: KeyboardEvent) => void;
};

/** Where words are typed: it keeps the focus, and the keys that go along the hits. */
export function SearchField({ ref, id, finding: { typed, search, at, type }, onKeyDown }: Props) {
	const t = useText();
	const hasHits = search.status === "done" && search.hits.length > 0;
	return (
		<search className="field__box search grow">
			<Icon of={Search} size="s" />
			<input
				ref={ref}
				type="search"
				role="combobox"
				aria-expanded={hasHits}
				aria-controls={hasHits ? `${id}-list` : undefined}
				aria-activedescendant={hasHits ? `${id}-${at}` : undefined}
				aria-label={t("search.inChat")}
				placeholder={t("search.inChat")}
				enterKeyHint="search"
				autoComplete="off"
				spellCheck={false}
				maxLength={MOST_LETTERS}
				dir="auto"
				data-search
				value={typed}
				onKeyDown={onKeyDown}
				onChange={(event) => type(event.target.value)}
			/>
			{typed && <IconButton label={t("app.clear")} icon={X} size="s" onClick={() => type("")} />}
		</search>
	);
}
