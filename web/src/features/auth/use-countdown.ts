import { useEffect, useState } from "react";

/** Milliseconds left until `until`, counted down each second, never below zero. */
export function useCountdown(until: number): number {
	const [now, setNow] = useState(() => Date.now());
	const isOver = now >= until;
	useEffect(() => {
		setNow(Date.now());
		if (isOver) return;
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, [isOver]);
	return Math.max(0, until - now);
}
