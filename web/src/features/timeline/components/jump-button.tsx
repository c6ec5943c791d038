import { ChevronDown } from "lucide-react";
import { useText } from "@/i18n/use-text";
import { Icon } from "@/ui/icon";

type Props = {
	isShown: boolean;
	unread: number;
	onJump: () => void;
	/** To the reply from whose quote one came, if one did. */
	onBack: (() => void) | null;
};

/** The way to the newest row, with how many have come meanwhile; before that, back to the reply. */
export function JumpButton({ isShown, unread, onJump, onBack }: Props) {
	const t = useText();
	const newest = unread > 0 ? t("timeline.new", { count: unread }) : t("timeline.jump");
	return (
		<div className="jump-slot">
			{isShown && (
				<button type="button" className="jump" data-jump onClick={onBack ?? onJump}>
					<Icon of={ChevronDown} size="s" />
					<span className="num">{onBack ? t("timeline.jumpBack") : newest}</span>
				</button>
			)}
		</div>
	);
}
