import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useApi } from "@/api/use-api";
import type { Person } from "@/api/wire.gen";
import { useActions, useSync } from "@/sync/use-sync";
import {
	befriend,
	block,
	listBlocked,
	listFriends,
	listRequests,
	searchPeople,
	showPerson,
	unblock,
	unfriend,
} from "./api";

type Who = Pick<Person, "id">;

const SEARCH_DEBOUNCE_MS = 250;
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
	const isSignedIn = useSync((state) => state.me !== null);
	return useQuery({
		queryKey: ["requests"],
		queryFn: ({ signal }) => listRequests(api, signal),
		enabled: isSignedIn,
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

/** People found for what was typed, asked once the typing rests. */
export function usePeopleSearch(typed: string) {
	const api = useApi();
	const query = useDebounced(typed.trim().replace(/^@/, ""), SEARCH_DEBOUNCE_MS);
	const search = useQuery({
		queryKey: ["people", query],
		queryFn: ({ signal }) => searchPeople(api, query, signal),
		enabled: query.length >= LEAST_LETTERS,
		placeholderData: keepPreviousData,
	});
	return { ...search, query: query.length >= LEAST_LETTERS ? query : "" };
}

function useDebounced(value: string, ms: number): string {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		// Clearing is an answer at once.
		const timer = setTimeout(() => setSettled(value), value === "" ? 0 : ms);
		return () => clearTimeout(timer);
	}, [value, ms]);
	return settled;
}

/** Asks or accepts; the lists follow the server's answer. */
export function useBefriend() {
	return useChange((api, person) => befriend(api, person.id));
}

/** Declines, withdraws or removes. */
export function useUnfriend() {
	return useChange((api, person) => unfriend(api, person.id));
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
		onSettled: () =>
			Promise.all(
				["friends", "requests", "people", "blocked"].map((key) =>
					queries.invalidateQueries({ queryKey: [key] }),
				),
			),
	});
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
