/**
 * Time and chance, handed in, so that every test can hold them still.
 */
export type Clock = {
	readonly now: () => number;
	/** In [0, 1). */
	readonly random: () => number;
	/** Runs `task` once after `ms`; the answer cancels it. */
	readonly after: (ms: number, task: () => void) => () => void;
	/** Runs `task` once before the next picture is drawn; the answer cancels it. */
	readonly frame: (task: () => void) => () => void;
};

/** Where nothing is drawn (a tab in the background) a frame is taken to last so long. */
const UNDRAWN_FRAME_MS = 250;

export const systemClock: Clock = {
	now: () => Date.now(),
	random: () => Math.random(),
	after(ms, task) {
		const timer = setTimeout(task, ms);
		return () => clearTimeout(timer);
	},
	frame(task) {
		const isDrawing = typeof requestAnimationFrame === "function";
		const frame = isDrawing ? requestAnimationFrame(run) : 0;
		const timer = setTimeout(run, UNDRAWN_FRAME_MS);
		function cancel(): void {
			if (isDrawing) cancelAnimationFrame(frame);
			clearTimeout(timer);
		}
		function run(): void {
			cancel();
			task();
		}
		return cancel;
	},
};
