/** A clock that stands still until it is told to move. */
import type { Clock } from "@/sync/clock";

export type FakeClock = Clock & {
	/** The time that no jump changes. */
	readonly steady: () => number;
	/** The device's time is set, forward or back; what waits goes on waiting as long. */
	readonly jump: (ms: number) => void;
	/** Runs all that is due within `ms`, in order, with everything it sets off. */
	readonly advance: (ms: number) => Promise<void>;
};

const FRAME_MS = 16;

type Task = { at: number; order: number; run: () => void };

/** Lets every promise that can settle do so. */
function settle(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

export function createFakeClock(random: () => number = () => 0.5): FakeClock {
	let now = 1_700_000_000_000;
	let order = 0;
	let ahead = 0;
	const tasks = new Set<Task>();

	function nextTask(until: number): Task | null {
		let first: Task | null = null;
		for (const task of tasks) {
			if (task.at > until) continue;
			if (
				first === null ||
				task.at < first.at ||
				(task.at === first.at && task.order < first.order)
			)
				first = task;
		}
		return first;
	}

	function after(ms: number, run: () => void): () => void {
		const task = { at: now + Math.max(0, ms), order: order++, run };
		tasks.add(task);
		return () => void tasks.delete(task);
	}

	return {
		now: () => now + ahead,
		steady: () => now,
		jump(ms) {
			ahead += ms;
		},
		random,
		after,
		frame: (run) => after(FRAME_MS, run),
		async advance(ms) {
			const until = now + ms;
			await settle();
			for (;;) {
				const task = nextTask(until);
				if (task === null) break;
				tasks.delete(task);
				now = Math.max(now, task.at);
				task.run();
				await settle();
			}
			now = until;
		},
	};
}
