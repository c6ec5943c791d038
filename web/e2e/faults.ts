/** What a page does to those who do not see or do not point. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Each accessibility fault, with where it is; judged once what moves is at rest. */
export async function faultsOf(page: Page): Promise<string[]> {
	await page.evaluate(() => {
		const ends = document
			.getAnimations()
			.filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
		return Promise.allSettled(ends.map(({ finished }) => finished)).then(() => undefined);
	});
	const { violations } = await new AxeBuilder({ page }).analyze();
	return violations.map(
		({ id, nodes }) =>
			`${page.url()} ${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
	);
}

export async function expectNoFaults(page: Page): Promise<void> {
	expect(await faultsOf(page)).toEqual([]);
}
