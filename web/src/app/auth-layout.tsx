import { Outlet, useSearch } from "@tanstack/react-router";
import { useSync } from "@/sync/use-sync";
import { useLeavingForms } from "./arrival";
import { Go } from "./go";

/** The signed-out pages send a person who is signed in to where they were going. */
export function AuthLayout() {
	const isSignedIn = useSync((state) => state.me !== null && state.session.status !== "signed-out");
	useLeavingForms();
	const { next } = useSearch({ strict: false });
	return isSignedIn ? <Go href={next ?? "/chats"} /> : <Outlet />;
}
