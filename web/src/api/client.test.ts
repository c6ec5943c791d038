import { describe, expect, it } from "vitest";
import { createApi, isApiError, isOfflineError } from "./client";

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

/** A server that answers by path, and remembers what it was asked. */
function serve(answer: (path: string, asked: string[]) => Answer | null) {
	const asked: string[] = [];
	const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
		asked.push(`${init?.method} ${input}`);
		// Lets concurrent callers meet.
		await new Promise((resolve) => setImmediate(resolve));
		const found = answer(String(input), asked);
		if (found === null) throw new TypeError("network");
		const body = found.body === undefined ? null : JSON.stringify(found.body);
		return new Response(body, { status: found.status, headers: found.headers ?? {} });
	};
	return { asked, fetch: fetch as typeof globalThis.fetch };
}

const problem = (status: number, code: string) => ({ status, body: { status, code, title: code } });

describe("the api client", () => {
	it("renews the login once for all calls that met its end, and repeats them", async () => {
		let isFresh = false;
		const { asked, fetch } = serve((path) => {
			if (path === "/v1/login/refresh") isFresh = true;
			else if (!isFresh) return problem(401, "login.expired");
			return { status: 200, body: { path } };
		});
		const api = createApi({ fetch });
		const answers = await Promise.all(["/v1/me", "/v1/chats"].map((path) => api.call("GET", path)));
		expect(answers).toEqual([{ path: "/v1/me" }, { path: "/v1/chats" }]);
		expect(asked.filter((line) => line.endsWith("/refresh"))).toHaveLength(1);
		expect(asked).toHaveLength(5);
	});

	it("renews the login before it ends, once for all calls, and meets no refusal", async () => {
		let now = 0;
		const { asked, fetch } = serve((path) => ({
			status: 200,
			body: path.startsWith("/v1/login") ? { expires_in: 900 } : {},
		}));
		const api = createApi({ fetch, now: () => now });
		const both = () => Promise.all(["/v1/me", "/v1/chats"].map((path) => api.call("GET", path)));
		await api.call("POST", "/v1/login", { body: {} });
		now = 800_000;
		await both();
		expect(asked.filter((line) => line.endsWith("/refresh"))).toHaveLength(0);
		now = 880_000;
		await both();
		now = 1_700_000;
		await both();
		expect(asked.filter((line) => line.endsWith("/refresh"))).toHaveLength(1);
		expect(asked.at(3)).toBe("POST /v1/login/refresh");
	});

	it("asks all the same where the login could not be renewed", async () => {
		let now = 0;
		const { asked, fetch } = serve((path) => {
			if (path === "/v1/login/refresh") return problem(401, "login.expired");
			return { status: 200, body: path === "/v1/login" ? { expires_in: 900 } : {} };
		});
		const api = createApi({ fetch, now: () => now });
		await api.call("POST", "/v1/login", { body: {} });
		now = 900_000;
		await api.call("POST", "/v1/password/strength", { body: {} });
		await api.call("POST", "/v1/password/strength", { body: {} });
		expect(asked.filter((line) => line.endsWith("/refresh"))).toHaveLength(1);
		expect(asked.filter((line) => line.endsWith("/strength"))).toHaveLength(2);
	});

	it("tells once that the login is over", async () => {
		let told = 0;
		const { fetch } = serve(() => problem(401, "login.expired"));
		const api = createApi({ fetch, onSignedOut: () => told++ });
		await Promise.allSettled([api.call("GET", "/v1/me"), api.call("GET", "/v1/chats")]);
		expect(told).toBe(1);
	});

	it("does not renew when the refusal is the answer", async () => {
		const { asked, fetch } = serve(() => problem(401, "login.refused"));
		const error = await createApi({ fetch })
			.call("POST", "/v1/login", { body: {} })
			.catch((e) => e);
		expect(isApiError(error) && error.code).toBe("login.refused");
		expect(asked).toHaveLength(1);
	});

	it("tells silence from refusal", async () => {
		const { fetch } = serve(() => null);
		const error = await createApi({ fetch })
			.call("GET", "/v1/me")
			.catch((e) => e);
		expect(isOfflineError(error)).toBe(true);
		expect(isApiError(error)).toBe(false);
	});

	it("makes a problem of a proxy's page", async () => {
		const { fetch } = serve(() => ({
			status: 502,
			body: "<html>",
			headers: { "retry-after": "3" },
		}));
		const error = await createApi({ fetch })
			.call("GET", "/v1/me")
			.catch((e) => e);
		expect(error).toMatchObject({ code: "http.502", status: 502, retryAfter: 3, field: null });
	});

	it("leaves out what is not asked and answers nothing for 204", async () => {
		const { asked, fetch } = serve(() => ({ status: 204 }));
		const query = { q: "a b", before_seq: null, limit: 20 };
		expect(await createApi({ fetch }).call("GET", "/v1/people", { query })).toBeUndefined();
		expect(asked).toEqual(["GET /v1/people?q=a+b&limit=20"]);
	});
});
