import { useEffect, useState } from "react";
import { useApi } from "@/api/use-api";
import type { Strength } from "@/api/wire.gen";
import { strengthOf } from "./api";

const DEBOUNCE_MS = 300;
export const LEAST_LENGTH = 8;

/**
 * The server's estimate, asked 300 ms after the last key. Null while unknown
 * and offline: then only the length is judged.
 */
export function useStrength(password: string, hints: string[]): Strength | null {
	const api = useApi();
	const [answer, setAnswer] = useState<{ password: string; strength: Strength } | null>(null);
	const known = hints.join("\n");
	useEffect(() => {
		if (password.length < LEAST_LENGTH) return;
		const abort = new AbortController();
		const timer = setTimeout(() => {
			strengthOf(api, password, known.split("\n").filter(Boolean), abort.signal)
				.then((strength) => setAnswer({ password, strength }))
				.catch(() => setAnswer(null));
		}, DEBOUNCE_MS);
		return () => {
			clearTimeout(timer);
			abort.abort();
		};
	}, [api, password, known]);
	// A verdict about another password is shown until the next comes, so the bar does not flicker.
	return password.length < LEAST_LENGTH ? null : (answer?.strength ?? null);
}
