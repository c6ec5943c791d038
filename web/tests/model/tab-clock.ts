/** What a tab hears while the browser has frozen it: nothing, and all of it when it wakes. */
import type { Clock } from "@/sync/clock";

export type TabClock = Clock & {
	/** Now, or when the tab wakes. */
	readonly run: (task: () => void) => void;
	readonly sleep: (ms: number) => void;
};

export function createTabClock(clock: Clock): TabClock {
	let due: (() => void)[] | null = null;
	const run = (task: () => void) => {
		if (due === null) task();
		else due.push(task);
	};
	function awake(plan: (task: () => void) => () => void, task: () => void): () => void {
		let isCancelled = false;
		const cancel = plan(() =>
			run(() => {
				if (!isCancelled) task();
			}),
		);
		return () => {
			isCancelled = true;
			cancel();
		};
	}
	return {
		...clock,
		run,
		after: (ms, task) => awake((run) => clock.after(ms, run), task),
		frame: (task) => awake(clock.frame, task),
		sleep(ms) {
			if (due !== null) return;
			due = [];
			clock.after(ms, () => {
				const tasks = due ?? [];
				due = null;
				for (const task of tasks) task();
			});
		},
	};
}

/** The same calls; the tab learns their answers when it is awake. */
export function throughTab<T extends object>({ run }: TabClock, calls: T): T {
	const heard = Object.entries(calls).map(([name, call]) => {
		if (typeof call !== "function") return [name, call];
		const ask = (...args: unknown[]) => {
			const answer: unknown = call(...args);
			if (!(answer instanceof Promise)) return answer;
			return new Promise((resolve, reject) => {
				answer.then(
					(done) => run(() => resolve(done)),
					(error) => run(() => reject(error)),
				);
			});
		};
		return [name, ask];
	});
	return Object.fromEntries(heard);
}
