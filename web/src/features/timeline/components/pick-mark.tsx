import { Check } from "lucide-react";
import { useText } from "@/i18n/use-text";
import { Icon } from "@/ui/icon";

/** Before each row while rows are chosen: a ring, or a disc with a tick in it. */
export function PickMark({ isPicked }: { isPicked: boolean }) {
	const t = useText();
	return (
		<span className="msg__pick">
			{isPicked && (
				<>
					<Icon of={Check} size="xs" />
					<span className="sr">{t("timeline.selectedRow")}</span>
				</>
			)}
		</span>
	);
}
