import {
	keepPreviousData,
	type QueryClient,
	useMutation,
	useQuery,
	useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { useApi } from "@/api/use-api";
import type { Person } from "@/api/wire.gen";
import { useActions, useSync } from "@/sync/use-sync";
import { useSettled } from "@/ui/use-settled";
import {
	befriend,
	block,
	decline,
	listBlocked,
	listFriends,
	listRequests,
	type Requests,
	searchPeople,
	showPerson,
	unblock,
	unfriend,
} from "./api";
import { declineLater, useDeclined } from "./undo-decline";

type Who = Pick<Person, "id">;

const LEAST_LETTERS = 2;

export function useFriends() {
	const api = useApi();
	return useQuery({ queryKey: ["friends"], queryFn: ({ signal }) => listFriends(api, signal) });
}

/** Somebody's words about themselves; nobody reads those of who is a stranger. */
export function useBio(account: string | null): string {
	const api = useApi();
	const shown = useQuery({
		queryKey: ["person", account],
		queryFn: ({ signal }) => showPerson(api, account ?? "", signal),
		enabled: account !== null,
		retry: false,
	});
	return shown.data?.bio ?? "";
}

export function useRequests() {
	const api = useApi();
	const declined = useDeclined();
	const select = useCallback(
		({ incoming, outgoing }: Requests): Requests => ({
			incoming: incoming.filter(({ id }) => !declined.has(id)),
			outgoing,
		}),
		[declined],
	);
	const isSignedIn = useSync((state) => state.me !== null);
	return useQuery({
		queryKey: ["requests"],
		queryFn: ({ signal }) => listRequests(api, signal),
		enabled: isSignedIn,
		select,
	});
}

/** Whom I block: few, and seldom looked at. */
export function useBlocked(isWanted = true) {
	const api = useApi();
	return useQuery({
		queryKey: ["blocked"],
		queryFn: ({ signal }) => listBlocked(api, signal),
		enabled: isWanted,
	});
}

/** People who match what was typed, asked once the typing rests. */
export function usePeopleSearch(typed: string) {
	const api = useApi();
	const query = useSettled(typed.trim().replace(/^@/, ""));
	const search = useQuery({
		queryKey: ["people", query],
		queryFn: ({ signal }) => searchPeople(api, query, signal),
		enabled: query.length >= LEAST_LETTERS,
		placeholderData: keepPreviousData,
	});
	return { ...search, query: query.length >= LEAST_LETTERS ? query : "" };
}

/** Asks or accepts; the lists follow the server's answer. */
export function useBefriend() {
	return useChange((api, person) => befriend(api, person.id));
}

/** Withdraws or removes. */
export function useUnfriend() {
	return useChange((api, person) => unfriend(api, person.id));
}

/** Declines once it can no longer be taken back, unless there is nothing left to decline. */
export function useDecline(onError: (error: unknown) => void) {
	const api = useApi();
	const queries = useQueryClient();
	return (person: Who) =>
		declineLater(person.id, async () => {
			// Accepted on another device meanwhile, they are a friend: this would part the two.
			const known = queries.getQueryData<Requests>(["requests"]);
			if (!known?.incoming.some(({ id }) => id === person.id)) return;
			await decline(api, person.id).catch(onError);
			await invalidate(queries);
		});
}

export function useBlock() {
	return useChange((api, person) => block(api, person.id));
}

export function useUnblock() {
	return useChange((api, person) => unblock(api, person.id));
}

function useChange<T>(change: (api: ReturnType<typeof useApi>, person: Who) => Promise<T>) {
	const api = useApi();
	const queries = useQueryClient();
	return useMutation({
		mutationFn: (person: Who) => change(api, person),
		onSettled: () => invalidate(queries),
	});
}

function invalidate(queries: QueryClient): Promise<unknown> {
	const stale = ["friends", "requests", "people", "blocked"];
	return Promise.all(stale.map((key) => queries.invalidateQueries({ queryKey: [key] })));
}

/** Listens to the presence of these people while they are on the screen. */
export function usePresenceOf(people: readonly Person[]): void {
	const actions = useActions();
	const ids = people
		.slice(0, 200)
		.map((person) => person.id)
		.join(" ");
	useEffect(() => (ids ? actions.watchPresence(ids.split(" ")) : undefined), [actions, ids]);
}
