import {
	createRootRouteWithContext,
	createRoute,
	createRouter,
	lazyRouteComponent,
	Outlet,
	redirect,
} from "@tanstack/react-router";
import type { Sync } from "@/sync/types";
import { AppLayout } from "./app-layout";
import { AuthLayout } from "./auth-layout";
import { ChatRoute } from "./chat-route";
import { ChatsRoute } from "./chats-route";
import { ErrorPage, NotFoundPage } from "./error-page";
import { SignInRoute } from "./sign-in-route";

type Context = { sync: Sync };

const text = (value: unknown): string | undefined =>
	typeof value === "string" && value !== "" ? value : undefined;

const root = createRootRouteWithContext<Context>()({
	component: Outlet,
	errorComponent: ErrorPage,
	notFoundComponent: NotFoundPage,
});

const index = createRoute({
	getParentRoute: () => root,
	path: "/",
	beforeLoad: () => {
		throw redirect({ to: "/chats" });
	},
});

const auth = createRoute({ getParentRoute: () => root, id: "auth", component: AuthLayout });

const signIn = createRoute({
	getParentRoute: () => auth,
	path: "/sign-in",
	validateSearch: (search: Record<string, unknown>): { next?: string; notice?: "reset" } => {
		const next = text(search.next);
		return {
			// Only paths of this page: an address elsewhere would make us a springboard.
			...(next && /^\/(?![/\\])/.test(next) ? { next } : {}),
			...(search.notice === "reset" ? { notice: "reset" as const } : {}),
		};
	},
	component: SignInRoute,
});
// Newcomers, and whoever forgot a password, pay for these pages alone. The page
// to sign in comes with the rest: signing out leads to it, also without a network.
const signUp = createRoute({
	getParentRoute: () => auth,
	path: "/sign-up",
	component: lazyRouteComponent(() => import("./auth-routes"), "SignUpRoute"),
});
const code = createRoute({
	getParentRoute: () => auth,
	path: "/sign-up/code",
	component: lazyRouteComponent(() => import("./auth-routes"), "CodeRoute"),
});
const forgot = createRoute({
	getParentRoute: () => auth,
	path: "/forgot",
	component: lazyRouteComponent(() => import("./auth-routes"), "ForgotRoute"),
});
const reset = createRoute({
	getParentRoute: () => auth,
	path: "/reset",
	component: lazyRouteComponent(() => import("./auth-routes"), "ResetRoute"),
});

const app = createRoute({ getParentRoute: () => root, id: "app", component: AppLayout });

const chats = createRoute({ getParentRoute: () => app, path: "/chats", component: ChatsRoute });
const chat = createRoute({
	getParentRoute: () => app,
	path: "/chats/$chat",
	validateSearch: (search: Record<string, unknown>): { at?: number } => {
		const at = Number(search.at);
		return Number.isInteger(at) && at > 0 ? { at } : {};
	},
	component: ChatRoute,
});
const people = createRoute({
	getParentRoute: () => app,
	path: "/people",
	validateSearch: (search: Record<string, unknown>): { q?: string } => {
		const q = text(search.q);
		return q ? { q } : {};
	},
	component: lazyRouteComponent(() => import("./people-route"), "PeopleRoute"),
});
const settings = createRoute({
	getParentRoute: () => app,
	path: "/settings",
	component: lazyRouteComponent(() => import("./settings-route"), "SettingsRoute"),
});

/** The catalogue of parts, to look at while building them; a build leaves it out. */
const catalogue = createRoute({
	getParentRoute: () => root,
	path: "/dev/ui",
	component: import.meta.env.DEV
		? lazyRouteComponent(() => import("./catalogue"), "Catalogue")
		: NotFoundPage,
});

const tree = root.addChildren([
	index,
	auth.addChildren([signIn, signUp, code, forgot, reset]),
	app.addChildren([chats, chat, people, settings]),
	catalogue,
]);

export function createAppRouter(sync: Sync) {
	return createRouter({
		routeTree: tree,
		context: { sync },
		defaultPreload: "intent",
		// Panes keep their own places; a new page starts at its top by itself.
		scrollRestoration: false,
		defaultErrorComponent: ErrorPage,
	});
}

declare module "@tanstack/react-router" {
	interface Register {
		router: ReturnType<typeof createAppRouter>;
	}
}
