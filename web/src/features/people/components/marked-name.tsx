/** A name with the letters that were searched for underlined. */
export function MarkedName({ name, query }: { name: string; query: string }) {
	const at = query ? name.toLocaleLowerCase().indexOf(query.toLocaleLowerCase()) : -1;
	if (at < 0) return <bdi>{name}</bdi>;
	const end = at + query.length;
	return (
		<bdi>
			{name.slice(0, at)}
			<mark>{name.slice(at, end)}</mark>
			{name.slice(end)}
		</bdi>
	);
}
