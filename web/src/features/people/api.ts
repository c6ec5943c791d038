import type { Api } from "@/api/client";
import type { Befriended, Blocks, One, Person } from "@/api/wire.gen";

export type Requests = { incoming: Person[]; outgoing: Person[] };

export const searchPeople = (api: Api, q: string, signal: AbortSignal) =>
	api.call<{ people: Person[] }>("GET", "/v1/people", { query: { q }, signal });

export const showPerson = (api: Api, account: string, signal: AbortSignal) =>
	api.call<One>("GET", `/v1/people/${encodeURIComponent(account)}`, { signal });

export const listFriends = (api: Api, signal: AbortSignal) =>
	api.call<{ friends: Person[] }>("GET", "/v1/friends", { signal });

export const listRequests = (api: Api, signal: AbortSignal) =>
	api.call<Requests>("GET", "/v1/friends/requests", { signal });

/** Asks, or accepts who asked. */
export const befriend = (api: Api, account: string) =>
	api.call<Befriended>("PUT", `/v1/friends/${encodeURIComponent(account)}`);

/** Ends what there is: withdraws or removes. */
export const unfriend = (api: Api, account: string) =>
	api.call<void>("DELETE", `/v1/friends/${encodeURIComponent(account)}`);

/** The same, said also by a page that goes. */
export const decline = (api: Api, account: string) =>
	api.call<void>("DELETE", `/v1/friends/${encodeURIComponent(account)}`, { keepalive: true });

export const listBlocked = (api: Api, signal: AbortSignal) =>
	api.call<Blocks>("GET", "/v1/blocks", { signal });

/** Ends what there is between the two, and lets nothing new begin. */
export const block = (api: Api, account: string) =>
	api.call<void>("PUT", `/v1/blocks/${encodeURIComponent(account)}`);

/** Takes the block back; what it ended stays ended. */
export const unblock = (api: Api, account: string) =>
	api.call<void>("DELETE", `/v1/blocks/${encodeURIComponent(account)}`);
