import { foldedPlace } from "@/lib/fold";

/** A name with the letters that were searched for marked. */
export function MarkedName({ name, query }: { name: string; query: string }) {
	const place = foldedPlace(name, query);
	if (place === null) return name;
	const [from, to] = place;
	return (
		<>
			{name.slice(0, from)}
			<mark>{name.slice(from, to)}</mark>
			{name.slice(to)}
		</>
	);
}
