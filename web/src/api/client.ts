/**
 * The one way to the REST API: JSON in, JSON out, one error shape.
 *
 * Signing in lives in HttpOnly cookies, so nothing here holds a token, but for
 * how long the last one that was handed out lives: before it ends the login is
 * renewed, once for all requests, so that none is refused first. A 401 where
 * that was not known renews it too and repeats the requests. What it refuses:
 * to retry anything else; that is the outbox's and Query's affair.
 */
import type { Problem, Tokens } from "./wire.gen";

export type ApiError = Error & {
	readonly kind: "api";
	readonly code: string;
	readonly status: number;
	readonly field: string | null;
	/** Seconds to wait before asking again, when the server names them. */
	readonly retryAfter: number | null;
	readonly requestId: string;
};

/** The server was not reached: no answer exists, which is not the same as a refusal. */
export type OfflineError = Error & { readonly kind: "offline" };

export function toApiError(problem: Problem): ApiError {
	return Object.assign(new Error(problem.detail || problem.title), {
		kind: "api" as const,
		code: problem.code,
		status: problem.status,
		field: problem.field,
		retryAfter: problem.retry_after,
		requestId: problem.request_id,
	});
}

export function toOfflineError(cause: unknown): OfflineError {
	return Object.assign(new Error("The server cannot be reached.", { cause }), {
		kind: "offline" as const,
	});
}

export function isApiError(error: unknown): error is ApiError {
	return error instanceof Error && (error as Partial<ApiError>).kind === "api";
}

export function isOfflineError(error: unknown): error is OfflineError {
	return error instanceof Error && (error as Partial<OfflineError>).kind === "offline";
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

type ApiRequest = {
	query?: Record<string, string | number | null | undefined>;
	body?: unknown;
	signal?: AbortSignal;
	/** Is carried to the end although the page goes. */
	keepalive?: boolean;
};

export type Api = {
	call<T>(method: Method, path: string, request?: ApiRequest): Promise<T>;
	/** Renews the login; concurrent callers share one attempt. Rejects when it is over. */
	refresh(): Promise<void>;
};

export type ApiOptions = {
	origin?: string;
	fetch?: typeof fetch;
	now?: () => number;
	/** Called once when the login can no longer be renewed. */
	onSignedOut?: () => void;
};

/** Paths where a 401 is the answer itself, not a sign of an expired login. */
const PLAIN = new Set(["/v1/login", "/v1/login/refresh", "/v1/password/reset"]);

/** A request and the clocks of two machines need this long at most. */
const SPARE_MS = 30_000;

export function createApi(options: ApiOptions = {}): Api {
	const fetchFrom = options.fetch ?? ((input, init) => fetch(input, init));
	const now = options.now ?? Date.now;
	let renewal: Promise<void> | null = null;
	/** Null where nothing is known of the login: before the first answer about it, and after the last. */
	let endsAt: number | null = null;

	function refresh(): Promise<void> {
		renewal ??= ask("POST", "/v1/login/refresh", { body: {} })
			.then(() => undefined)
			.catch((error: unknown) => {
				endsAt = null;
				if (isApiError(error) && error.status === 401) options.onSignedOut?.();
				throw error;
			})
			.finally(() => {
				renewal = null;
			});
		return renewal;
	}

	async function ask(method: Method, path: string, request: ApiRequest): Promise<unknown> {
		const init: RequestInit = { method, credentials: "same-origin", headers: {} };
		if (request.keepalive) init.keepalive = true;
		if (request.signal) init.signal = request.signal;
		if (request.body !== undefined) {
			init.body = JSON.stringify(request.body);
			init.headers = { "content-type": "application/json" };
		}
		let response: Response;
		try {
			response = await fetchFrom((options.origin ?? "") + path + toQuery(request.query), init);
		} catch (error) {
			if (request.signal?.aborted) throw error;
			throw toOfflineError(error);
		}
		if (!response.ok) throw toApiError(await readProblem(response));
		if (response.status === 204) return undefined;
		const answer = await response.json();
		const lives = (answer as Partial<Tokens> | null)?.expires_in;
		if (typeof lives === "number") endsAt = now() + lives * 1_000 - SPARE_MS;
		return answer;
	}

	/** What comes of it the request itself tells: not each needs a login. */
	async function renewInTime(path: string): Promise<void> {
		if (!PLAIN.has(path) && endsAt !== null && now() >= endsAt) await refresh().catch(() => null);
	}

	return {
		refresh,
		async call<T>(method: Method, path: string, request: ApiRequest = {}): Promise<T> {
			await renewInTime(path);
			try {
				return (await ask(method, path, request)) as T;
			} catch (error) {
				if (!isApiError(error) || error.status !== 401 || PLAIN.has(path)) throw error;
				await refresh();
				return (await ask(method, path, request)) as T;
			}
		},
	};
}

function toQuery(query: ApiRequest["query"]): string {
	const params = new URLSearchParams();
	for (const [key, value] of Object.entries(query ?? {})) {
		if (value !== null && value !== undefined) params.set(key, String(value));
	}
	const text = params.toString();
	return text === "" ? "" : `?${text}`;
}

/** Reads the problem of a refusal; a proxy's page in its place becomes one of our own. */
async function readProblem(response: Response): Promise<Problem> {
	const wait = Number(response.headers.get("retry-after") ?? "");
	const plain: Problem = {
		type: "about:blank",
		title: response.statusText || "Error",
		status: response.status,
		code: `http.${response.status}`,
		detail: "",
		field: null,
		request_id: response.headers.get("x-request-id") ?? "",
		retry_after: Number.isFinite(wait) && wait > 0 ? wait : null,
	};
	try {
		const body = (await response.json()) as Partial<Problem> | null;
		return typeof body?.code === "string" ? { ...plain, ...body } : plain;
	} catch {
		return plain;
	}
}
