/**
 * What a page works, in time of its thread's own processor. Unlike time on the
 * clock it is not changed by what else the machine does, so a test may judge it.
 */
import type { CDPSession, Page } from "@playwright/test";

type Work = {
	/** Everything on the page's thread: scripts, style, layout, paint. */
	readonly busyMs: number;
	readonly layouts: number;
};

export type Gauge = {
	/** What was worked since the last call. */
	readonly take: () => Promise<Work>;
	readonly devtools: CDPSession;
};

export async function watchWork(page: Page): Promise<Gauge> {
	const devtools = await page.context().newCDPSession(page);
	await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
	let last = { busy: 0, layouts: 0 };
	async function take(): Promise<Work> {
		const { metrics } = await devtools.send("Performance.getMetrics");
		const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
		// The asking is work of ours, not of the page.
		const busy = (of("TaskDuration") - of("DevToolsCommandDuration")) * 1_000;
		const now = { busy, layouts: of("LayoutCount") };
		const work = { busyMs: busy - last.busy, layouts: now.layouts - last.layouts };
		last = now;
		return work;
	}
	await take();
	return { take, devtools };
}

/** Waits until the page has drawn what it holds by now. */
export function painted(page: Page): Promise<void> {
	return page.evaluate(
		() =>
			new Promise<void>((done) => {
				requestAnimationFrame(() => {
					const { port1, port2 } = new MessageChannel();
					// A message after the frame's own work comes once it is painted.
					port1.onmessage = () => done();
					port2.postMessage(null);
				});
			}),
	);
}

export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
