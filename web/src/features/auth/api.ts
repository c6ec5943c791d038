import type { Api } from "@/api/client";
import type { NewAccount, Signup, Strength, Tokens } from "@/api/wire.gen";

export const signUp = (api: Api, account: NewAccount) =>
	api.call<Signup>("POST", "/v1/accounts", { body: account });

export const verify = (api: Api, signup: string, code: string) =>
	api.call<Tokens>("POST", "/v1/accounts/verify", { body: { signup, code } });

export const resendCode = (api: Api, signup: string) =>
	api.call<Signup>("POST", "/v1/accounts/resend", { body: { signup } });

export const signIn = (api: Api, email: string, password: string) =>
	api.call<Tokens>("POST", "/v1/login", { body: { email, password } });

export const askReset = (api: Api, email: string) =>
	api.call<object>("POST", "/v1/password/forgot", { body: { email } });

export const resetPassword = (api: Api, token: string, password: string) =>
	api.call<void>("POST", "/v1/password/reset", { body: { token, password } });

export const strengthOf = (api: Api, password: string, hints: string[], signal: AbortSignal) =>
	api.call<Strength>("POST", "/v1/password/strength", { body: { password, hints }, signal });
