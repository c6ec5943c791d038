import type { Member, Reaction } from "@/api/wire.gen";
import { listOf, numberOf } from "@/i18n/format";
import type { Translate } from "@/i18n/setup";
import { useText } from "@/i18n/use-text";
import { isGivenBy } from "@/sync/reactions";
import type { Row } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import type { RowActions } from "../use-row-actions";

type Props = { row: Row; isTabStop: boolean; canWrite: boolean; actions: RowActions };

/** So many are named; a list of more is a wall. */
const MOST_NAMES = 12;

/** What a message was answered with: a press gives the same or takes one's own back. */
export function Reactions({ row, isTabStop, canWrite, actions }: Props) {
	const t = useText();
	const me = useSync((state) => state.me?.id ?? "");
	const members = useSync((state) => state.chats.get(row.message.chat)?.members);
	const { reactions } = row.message;
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
		<div className="react" role="group" aria-label={t("timeline.reactions")}>
			{reactions.map((reaction) => {
				const { emoji, count } = reaction;
				const names = namesOf(reaction, me, members, t);
				const isOwn = isGivenBy(reaction, me);
				return (
					<button
						key={emoji}
						type="button"
						aria-pressed={isOwn}
						aria-label={t("timeline.reactedBy", { emoji, count: numberOf(count), names })}
						aria-disabled={!canWrite || undefined}
						data-tip={names}
						tabIndex={isTabStop ? 0 : -1}
						onClick={(event) => {
							if (!canWrite) return;
							// The last one goes from under the focus, which stays with its message.
							if (isOwn && count === 1) rowAround(event.currentTarget)?.focus(STILL);
							actions.react(row, emoji, !isOwn);
						}}
					>
						<span>{emoji}</span>
						{numberOf(count)}
					</button>
				);
			})}
		</div>
	);
}

const STILL = { preventScroll: true };

function rowAround(element: Element): HTMLElement | null {
	return element.closest<HTMLElement>("[data-rove]");
}

/** Oneself last; those who are not known here, or too many, as a number. */
function namesOf(
	{ accounts, count }: Reaction,
	me: string,
	members: ReadonlyMap<string, Member> | undefined,
	t: Translate,
): string {
	const others = accounts.flatMap((account) =>
		account === me ? [] : (members?.get(account)?.name ?? []),
	);
	const own = accounts.includes(me) ? [t("timeline.reactedYou")] : [];
	const named = [...others.slice(0, MOST_NAMES - own.length), ...own];
	const more = count - named.length;
	return listOf(more > 0 ? [...named, t("timeline.reactedMore", { count: more })] : named);
}
