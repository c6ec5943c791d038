import { type RefObject, useLayoutEffect } from "react";

/** How high the foot of the page is stands in `--foot`, so that what speaks above the page keeps off it. */
export function useFootHeight(ref: RefObject<HTMLElement | null>): void {
	useLayoutEffect(() => {
		const foot = ref.current;
		if (!foot) return;
		const { style } = document.documentElement;
		const observer = new ResizeObserver(() =>
			style.setProperty("--foot", `${foot.offsetHeight}px`),
		);
		observer.observe(foot);
		return () => {
			observer.disconnect();
			style.removeProperty("--foot");
		};
	}, [ref]);
}
