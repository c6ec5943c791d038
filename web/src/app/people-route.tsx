import { useLocation, useSearch } from "@tanstack/react-router";
import { PeoplePage } from "@/features/people/components/people-page";

export function PeopleRoute() {
	const { q } = useSearch({ from: "/app/people" });
	const { hash } = useLocation();
	return (
		<main id="main" className="pane pane--main">
			<PeoplePage key={q ?? ""} initialQuery={q ?? ""} isSearching={hash === "search"} />
		</main>
	);
}
