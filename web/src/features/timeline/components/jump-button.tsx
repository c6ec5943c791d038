import { ChevronDown } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import { useText } from "@/i18n/use-text";
import { Icon } from "@/ui/icon";

type Props = {
	isShown: boolean;
	unread: number;
	onJump: () => void;
	/** To the reply from whose quote one came, if one did. */
	onBack: (() => void) | null;
};

/**
 * The way to what is new and then to the newest row, with how many have come
 * meanwhile; before that, back to the reply.
 */
export function JumpButton({ isShown, ...rest }: Props) {
	return <div className="jump-slot">{isShown && <Pill {...rest} />}</div>;
}

function Pill({ unread, onJump, onBack }: Omit<Props, "isShown">) {
	const t = useText();
	const ref = useRef<HTMLButtonElement>(null);
	useLayoutEffect(() => {
		const button = ref.current;
		return () => {
			if (document.activeElement === button) handOver();
		};
	}, []);
	const newest = unread > 0 ? t("timeline.new", { count: unread }) : t("timeline.jump");
	return (
		<button
			ref={ref}
			type="button"
			className="jump"
			data-jump
			onClick={(event) => {
				// Safari gives a pressed button no focus. Escape presses it too, and the focus stays where it is.
				if (event.detail > 0) event.currentTarget.focus({ preventScroll: true });
				(onBack ?? onJump)();
			}}
		>
			<Icon of={ChevronDown} size="s" />
			<span className="num">{onBack ? t("timeline.jumpBack") : newest}</span>
		</button>
	);
}

/**
 * The pill goes with the focus on it: hands go on where words are written. A
 * finger did not ask for the keyboard over what it came to see.
 */
function handOver() {
	const isTouch = matchMedia("(pointer: coarse)").matches;
	const field = isTouch ? null : document.querySelector<HTMLElement>("#composer textarea");
	const row = document.querySelector<HTMLElement>('.timeline [data-rove][tabindex="0"]');
	(field ?? row)?.focus({ preventScroll: true });
}
