const FOCUSABLE =
	'[data-rove][tabindex="0"], textarea, input, select, a[href], button:not([tabindex="-1"])';

/** F6: from landmark to landmark, into the part of each that is worth landing on. */
export function moveRegion(step: 1 | -1): boolean {
	const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter(isShown);
	if (regions.length === 0) return false;
	const at = regions.findIndex((region) => region.contains(document.activeElement));
	for (let turn = 1; turn <= regions.length; turn++) {
		const index = (at < 0 && step < 0 ? regions.length : at) + step * turn;
		const region = regions[((index % regions.length) + regions.length) % regions.length];
		const target = region && targetOf(region);
		if (!target) continue;
		target.focus();
		return true;
	}
	return false;
}

function targetOf(region: HTMLElement): HTMLElement | null {
	// A region's own list comes before its search field or its toolbar.
	const stop = region.querySelector<HTMLElement>('[data-rove][tabindex="0"]');
	const target = stop ?? region.querySelector<HTMLElement>(FOCUSABLE);
	return target && isShown(target) ? target : null;
}

function isShown(element: HTMLElement): boolean {
	return element.checkVisibility();
}
