import { ChevronDown } from "lucide-react";
import { useText } from "@/i18n/use-text";
import { Icon } from "@/ui/icon";

type Props = { isShown: boolean; unread: number; onJump: () => void };

/** The way back to the newest row, with how many have come meanwhile. */
export function JumpButton({ isShown, unread, onJump }: Props) {
	const t = useText();
	return (
		<div className="jump-slot">
			{isShown && (
				<button type="button" className="jump" data-jump onClick={onJump}>
					<Icon of={ChevronDown} size="s" />
					<span className="num">
						{unread > 0 ? t("timeline.new", { count: unread }) : t("timeline.jump")}
					</span>
				</button>
			)}
		</div>
	);
}
