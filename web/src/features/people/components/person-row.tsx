import type { ReactNode } from "react";
import type { Person } from "@/api/wire.gen";
import { Avatar } from "@/ui/avatar";
import { classes } from "@/ui/classes";
import { MarkedName } from "@/ui/marked-name";

type Props = {
	person: Person;
	line: ReactNode;
	query?: string;
	isOnline?: boolean;
	/** A row that asks: its actions go below the name on a phone. */
	isAsking?: boolean;
	children: ReactNode;
};

export function PersonRow({ person, line, query = "", isOnline, isAsking, children }: Props) {
	return (
		<li className={classes("prow", isAsking && "prow--req")} data-person={person.id}>
			<Avatar id={person.id} name={person.name} photo={person.photo} isOnline={isOnline} />
			<div className="prow__who">
				<p className="med clip" dir="auto">
					<MarkedName name={person.name} query={query} />
				</p>
				<p className="small t2 clip" dir="auto">
					{line}
				</p>
			</div>
			<div className="prow__act">{children}</div>
		</li>
	);
}

/** Username and a word about the person, where there is a username. */
export function Handle({ person, children }: { person: Person; children?: ReactNode }) {
	return (
		<>
			{person.username && <bdi dir="ltr">@{person.username}</bdi>}
			{person.username && children ? " · " : null}
			{children}
		</>
	);
}
