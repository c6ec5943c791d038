/**
 * Time and chance, handed in, so that every test can hold them still.
 */
export type Clock = {
	readonly now: () => number;
	/** In [0, 1). */
	readonly random: () => number;
	/** Runs `task` once after `ms`; the answer cancels it. */
	readonly after: (ms: number, task: () => void) => () => void;
};

export const systemClock: Clock = {
	now: () => Date.now(),
	random: () => Math.random(),
	after(ms, task) {
		const timer = setTimeout(task, ms);
		return () => clearTimeout(timer);
	},
};
