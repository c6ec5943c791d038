import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

/**
 * Goes there once. The router's own component goes again at every render of
 * its parent, which for a parent that hears the place is without end.
 */
export function Go({ href }: { href: string }) {
	const navigate = useNavigate();
	// Where to is decided now: on the way the place, and what follows from it, changes.
	const [there] = useState(href);
	useEffect(() => {
		void navigate({ href: there, replace: true });
	}, [navigate, there]);
	return null;
}
