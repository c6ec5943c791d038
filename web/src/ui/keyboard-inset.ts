/** Less than this is a toolbar that comes and goes, not a keyboard. */
const LEAST_PX = 120;

/**
 * Some phones lay their keyboard over the page instead of making it smaller.
 * Its height stands in `--keyboard`, so that the frame ends above it.
 */
export function followKeyboard(): void {
	const view = window.visualViewport;
	if (!view) return;
	const style = document.documentElement.style;
	const follow = () => {
		// A page that was zoomed in shows less of itself too, without any keyboard.
		const covered = view.scale > 1.05 ? 0 : innerHeight - view.height - view.offsetTop;
		if (covered >= LEAST_PX) style.setProperty("--keyboard", `${Math.round(covered)}px`);
		else style.removeProperty("--keyboard");
	};
	view.addEventListener("resize", follow);
	view.addEventListener("scroll", follow);
}
