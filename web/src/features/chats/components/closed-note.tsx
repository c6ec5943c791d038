import { Link } from "@tanstack/react-router";
import { Ban, Lock } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import { useText } from "@/i18n/use-text";
import type { ChatFace } from "@/sync/chat-face";
import { Icon } from "@/ui/icon";

type Props = {
	face: ChatFace;
	/** Set where I am the one who keeps it closed. */
	onUnblock: (() => void) | null;
};

/** Stands where the composer was, once nobody may write. */
export function ClosedNote({ face, onUnblock }: Props) {
	const t = useText();
	const query = face.peer?.username ?? face.name;
	const { link, notePress } = useFocusOnward(onUnblock !== null);
	return (
		<footer className="composer" data-region="composer">
			<div className="note composer__closed">
				<Icon of={onUnblock ? Ban : Lock} size="s" />
				<span className="grow">
					{onUnblock ? t("composer.blocked", { name: face.name }) : t("composer.closed")}
				</span>
				{onUnblock ? (
					<button
						type="button"
						className="link"
						onClick={() => {
							notePress();
							onUnblock();
						}}
					>
						{t("people.unblock")}
					</button>
				) : (
					<Link ref={link} to="/people" search={{ q: query }}>
						{t("composer.closedDo", { name: face.name })}
					</Link>
				)}
			</div>
		</footer>
	);
}

/** A button that goes because its work is done leaves the focus to what stands there next. */
function useFocusOnward(isBlocked: boolean) {
	const link = useRef<HTMLAnchorElement>(null);
	const isPressed = useRef(false);
	useLayoutEffect(() => {
		if (isBlocked || !isPressed.current) return;
		isPressed.current = false;
		if (document.activeElement === document.body) link.current?.focus();
	}, [isBlocked]);
	return {
		link,
		notePress() {
			isPressed.current = true;
		},
	};
}
