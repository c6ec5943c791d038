import { Link, useLocation } from "@tanstack/react-router";
import { type LucideIcon, MessageCircle, Settings, Users } from "lucide-react";
import type { ReactNode } from "react";
import { useRequests } from "@/features/people/hooks";
import { useText } from "@/i18n/use-text";
import { useSync } from "@/sync/use-sync";
import { Avatar } from "@/ui/avatar";
import { Badge } from "@/ui/badge";
import { Icon } from "@/ui/icon";
import { Mark } from "@/ui/mark";
import { useWaiting } from "./use-waiting";

/** The way between the places, and back to the chat that was open; on a phone, the bar of tabs. */
export function Rail({ lastChat }: { lastChat: string | null }) {
	const t = useText();
	const me = useSync((state) => state.me);
	const isOnline = useSync((state) => state.session.status === "live");
	const { direct, other } = useWaiting();
	const unread = direct + other;
	const incoming = useRequests().data?.incoming.length ?? 0;
	return (
		<nav className="rail" aria-label={t("app.nav")} data-region>
			<span className="rail__mark only-wide">
				<Mark size={26} />
			</span>
			<Place to="/chats" chat={lastChat} icon={MessageCircle} label={t("app.chats")}>
				<Badge count={unread} label={t("chats.unreadCount", { count: unread })} />
			</Place>
			<Place to="/people" icon={Users} label={t("app.people")}>
				<Badge count={incoming} label={t("app.requests", { count: incoming })} />
			</Place>
			<span className="rail__end">
				<Place to="/settings" icon={Settings} label={t("app.settings")} />
				{me && (
					<Link
						to="/settings"
						hash="profile"
						className="rail__me only-wide"
						activeOptions={{ includeHash: true }}
						aria-label={t("app.profile", { name: me.name })}
						data-tip={me.name}
					>
						<Avatar id={me.id} name={me.name} photo={me.photo} size={32} isOnline={isOnline} />
					</Link>
				)}
			</span>
		</nav>
	);
}

type PlaceProps = {
	to: "/chats" | "/people" | "/settings";
	/** Leads on to this one. */
	chat?: string | null;
	icon: LucideIcon;
	label: string;
	children?: ReactNode;
};

function Place({ to, chat = null, icon, label, children }: PlaceProps) {
	const isHere = useLocation().pathname.startsWith(to);
	const aim = chat === null ? { to } : { to: "/chats/$chat" as const, params: { chat } };
	return (
		<Link
			{...aim}
			className="rail__place"
			data-tip={label}
			aria-current={isHere ? "page" : undefined}
		>
			<Icon of={icon} />
			<span className="rail__name">{label}</span>
			{children}
		</Link>
	);
}
