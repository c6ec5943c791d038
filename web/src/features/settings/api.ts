import type { Api } from "@/api/client";
import type { Account, Login, ProfilePatch } from "@/api/wire.gen";

export const listLogins = (api: Api, signal: AbortSignal) =>
	api.call<{ logins: Login[] }>("GET", "/v1/logins", { signal });

export const endLogin = (api: Api, id: string) =>
	api.call<void>("DELETE", `/v1/logins/${encodeURIComponent(id)}`);

export const saveProfile = (api: Api, patch: ProfilePatch) =>
	api.call<{ account: Account }>("PATCH", "/v1/me", { body: patch });
