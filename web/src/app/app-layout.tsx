import { Outlet, useLocation, useMatch } from "@tanstack/react-router";
import { SignedOutPage } from "@/features/auth/components/signed-out-page";
import { KeptEditsProvider } from "@/features/composer/kept-edits";
import { useRequests } from "@/features/people/hooks";
import { LeftPlacesProvider } from "@/features/timeline/left-places";
import { useText } from "@/i18n/use-text";
import { useSync } from "@/sync/use-sync";
import { classes } from "@/ui/classes";
import { PHONE, useMedia } from "@/ui/use-media";
import { useArrival } from "./arrival";
import { ConnectionBanner } from "./connection-banner";
import { Go } from "./go";
import { ListPane } from "./list-pane";
import { Rail } from "./rail";
import { ShortcutLayer } from "./shortcut-layer";
import { useLastChat } from "./use-last-chat";
import { useLeftDeletes } from "./use-left-deletes";
import { useMuteEnds } from "./use-mute-ends";
import { useNotifications } from "./use-notifications";
import { useRefusals } from "./use-refusals";
import { useTabTitle } from "./use-tab-title";

/** Everything behind the sign-in: the frame, or why one is not inside it. */
export function AppLayout() {
	const session = useSync((state) => state.session);
	const me = useSync((state) => state.me?.id ?? null);
	const { pathname } = useLocation();
	if (session.status === "signed-out") {
		if (session.reason !== null) return <SignedOutPage reason={session.reason} />;
		const next = pathname === "/chats" ? "" : `?next=${encodeURIComponent(pathname)}`;
		return <Go href={`/sign-in${next}`} />;
	}
	if (me === null) return <Splash />;
	return (
		<LeftPlacesProvider key={me}>
			<KeptEditsProvider>
				<Shell />
			</KeptEditsProvider>
		</LeftPlacesProvider>
	);
}

function Shell() {
	const t = useText();
	const match = useMatch({ from: "/app/chats/$chat", shouldThrow: false });
	const { pathname } = useLocation();
	const isPhone = useMedia(PHONE);
	useArrival();
	useTabTitle();
	useMuteEnds();
	const current = match?.params.chat ?? null;
	useNotifications(current);
	useLeftDeletes();
	useRefusals(current);
	const last = useLastChat(current);
	const asking = useRequests().data?.incoming.map(({ name }) => name) ?? [];
	const hasList = pathname.startsWith("/chats");
	// On a phone the list and the chat are two pages; elsewhere they stand side by side.
	const isListShown = hasList && !(isPhone && current !== null);
	const isMainShown = !hasList || !isPhone || current !== null;
	return (
		<div className={classes("shell", !hasList && "shell--1", current !== null && "shell--open")}>
			<a className="skip" href={current ? "#composer" : "#main"}>
				{t(current ? "app.skipToChat" : "app.skipToList")}
			</a>
			<ConnectionBanner />
			{/* On a phone the list is a page of its own, and the one that is asked for. */}
			<Rail lastChat={isPhone ? null : last} />
			{isListShown && <ListPane isAlone={!isMainShown} current={current} asking={asking} />}
			{isMainShown && <Outlet />}
			<ShortcutLayer current={current} />
		</div>
	);
}

/** The frame before anything is known; quiet, since it usually lasts no time. */
function Splash() {
	return (
		<div className="shell" aria-busy="true">
			<div className="rail" />
			<div className="pane pane--list only-wide" />
			<main className="pane pane--main" />
		</div>
	);
}
