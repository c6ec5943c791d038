import { type ReactNode, useRef, useState } from "react";
import type { Person } from "@/api/wire.gen";
import { numberOf } from "@/i18n/format";
import { presenceText } from "@/i18n/presence-text";
import { useText } from "@/i18n/use-text";
import { folded } from "@/lib/fold";
import { selectPresences } from "@/sync/selectors";
import { useSync } from "@/sync/use-sync";
import { Empty } from "@/ui/empty";
import { Mark } from "@/ui/mark";
import { SearchField } from "@/ui/search-field";
import { SkeletonRows } from "@/ui/skeleton";
import { useNow } from "@/ui/use-now";
import { useBlocked, useFriends, usePeopleSearch, usePresenceOf, useRequests } from "../hooks";
import { useDeclined } from "../undo-decline";
import { useFirstFocus } from "../use-first-focus";
import { useKeptFocus } from "../use-kept-focus";
import { LoadFailed } from "./load-failed";
import { PersonActions } from "./person-actions";
import { Handle, PersonRow } from "./person-row";

type Props = {
	initialQuery: string;
	/** One comes to find somebody, not to see those one knows. */
	isSearching: boolean;
};

export function PeoplePage({ initialQuery, isSearching }: Props) {
	const t = useText();
	const [typed, setTyped] = useState(initialQuery);
	const search = usePeopleSearch(typed);
	const page = useRef<HTMLDivElement>(null);
	const field = useRef<HTMLInputElement>(null);
	useKeptFocus(page);
	useFirstFocus(field, isSearching);
	return (
		<div ref={page} className="scroll" data-region>
			<div className="page">
				<h1 tabIndex={-1}>{t("people.title")}</h1>
				<SearchField
					ref={field}
					label={t("people.search")}
					typed={typed}
					onType={setTyped}
					onKeyDown={(event) => event.key === "Escape" && setTyped("")}
					isLarge
				/>
				{search.query && typed ? <Hits search={search} /> : <Lists typed={typed} />}
			</div>
		</div>
	);
}

function Hits({ search }: { search: ReturnType<typeof usePeopleSearch> }) {
	const t = useText();
	const declined = useDeclined();
	const people = search.data?.people ?? [];
	if (search.isError) return <LoadFailed error={search.error} onRetry={() => search.refetch()} />;
	if (search.isPending) return <SkeletonRows label={t("app.loading")} />;
	if (people.length === 0) {
		return (
			<div className="page__empty">
				<Empty title={t("people.none", { query: search.query })}>
					<p>{t("people.noneText")}</p>
				</Empty>
			</div>
		);
	}
	return (
		<Section
			title={t("people.hits", { query: search.query })}
			aside={t("people.hitsHint")}
			isAsideWide
		>
			{people.map((person) => (
				<PersonRow
					key={person.id}
					person={person}
					query={search.query}
					line={
						<Handle person={person}>{!declined.has(person.id) && relationWord(person, t)}</Handle>
					}
				>
					<PersonActions person={person} />
				</PersonRow>
			))}
		</Section>
	);
}

function relationWord(person: Person, t: ReturnType<typeof useText>): string | null {
	if (person.relation === "friend") return t("people.isFriend");
	if (person.relation === "asking") return t("people.wantsToWrite");
	if (person.relation === "blocked") return t("people.blockedWord");
	return person.relation === "asked" ? t("people.waiting") : null;
}

/** Those one has to do with. The first letter chooses among them, before it is worth asking the server. */
function Lists({ typed }: { typed: string }) {
	const t = useText();
	const friends = useFriends();
	const requests = useRequests();
	if (friends.isPending || requests.isPending) return <SkeletonRows label={t("app.loading")} />;
	if (friends.isError)
		return <LoadFailed error={friends.error} onRetry={() => friends.refetch()} />;
	const { incoming, outgoing } = requests.data ?? { incoming: [], outgoing: [] };
	const isAlone = friends.data.friends.length + incoming.length + outgoing.length === 0;
	const isFirstLetter = typed.trim().replace(/^@/, "").length === 1;
	const among = (people: Person[]) => people.filter((person) => matches(person, typed));
	return (
		<>
			{isFirstLetter && <p className="small t2 page__note">{t("people.typeMore")}</p>}
			{isAlone && <Alone />}
			<Asking
				isAsking
				title={t("people.incoming")}
				people={among(incoming)}
				line={t("people.wantsToWrite")}
			/>
			<Asking title={t("people.outgoing")} people={among(outgoing)} line={t("people.waiting")} />
			<Friends friends={among(friends.data.friends)} />
			{!typed.trim() && <Blocked />}
		</>
	);
}

function matches({ name, username }: Person, typed: string): boolean {
	const wanted = folded(typed.replace(/^@/, ""));
	return folded(name).includes(wanted) || folded(username ?? "").startsWith(wanted);
}

function Alone() {
	const t = useText();
	return (
		<div className="page__empty">
			<Empty title={t("people.emptyTitle")} art={<Mark size={40} className="empty__art" />}>
				<p>{t("people.emptyText")}</p>
			</Empty>
		</div>
	);
}

type AskingProps = { title: string; people: Person[]; line: string; isAsking?: boolean };

function Asking({ title, people, line, isAsking }: AskingProps) {
	if (people.length === 0) return null;
	return (
		<Section title={title} aside={numberOf(people.length)}>
			{people.map((person) => (
				<PersonRow
					key={person.id}
					person={person}
					isAsking={isAsking}
					line={<Handle person={person}>{line}</Handle>}
				>
					<PersonActions person={person} />
				</PersonRow>
			))}
		</Section>
	);
}

function Friends({ friends }: { friends: Person[] }) {
	const t = useText();
	usePresenceOf(friends);
	const presence = useSync(selectPresences);
	const now = useNow();
	if (friends.length === 0) return null;
	const online = friends.filter((friend) => presence.get(friend.id)?.online).length;
	const count = t("people.friendsCount", { total: friends.length, online });
	return (
		<Section title={t("people.friends")} aside={count}>
			{friends.map((friend) => {
				const seen = presence.get(friend.id);
				const line = presenceText(seen ?? null, now, t);
				return (
					<PersonRow
						key={friend.id}
						person={friend}
						isOnline={seen?.online}
						line={line ?? <Handle person={friend} />}
					>
						<PersonActions person={friend} />
					</PersonRow>
				);
			})}
		</Section>
	);
}

/** Whom I block, at the end, where the way back is found. */
function Blocked() {
	const t = useText();
	const blocked = useBlocked().data?.blocked ?? [];
	return <Asking title={t("people.blocked")} people={blocked} line={t("people.blockedWord")} />;
}

type SectionProps = { title: string; aside: string; isAsideWide?: boolean; children: ReactNode };

function Section({ title, aside, isAsideWide, children }: SectionProps) {
	return (
		<section aria-label={title}>
			<div className="sec">
				<h2>{title}</h2>
				<span className={isAsideWide ? "only-wide" : "num"}>{aside}</span>
			</div>
			<ul>{children}</ul>
		</section>
	);
}
