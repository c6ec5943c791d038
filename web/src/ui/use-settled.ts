import { useEffect, useState } from "react";

const REST_MS = 250;

/** What was typed, once the typing rests. */
export function useSettled(typed: string): string {
	const [settled, setSettled] = useState(typed);
	useEffect(() => {
		// Clearing is an answer at once.
		const timer = setTimeout(() => setSettled(typed), typed === "" ? 0 : REST_MS);
		return () => clearTimeout(timer);
	}, [typed]);
	return settled;
}
