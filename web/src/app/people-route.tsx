import { useSearch } from "@tanstack/react-router";
import { PeoplePage } from "@/features/people/components/people-page";

export function PeopleRoute() {
	const { q } = useSearch({ from: "/app/people" });
	return (
		<main id="main" className="pane pane--main">
			<PeoplePage key={q ?? ""} initialQuery={q ?? ""} />
		</main>
	);
}
