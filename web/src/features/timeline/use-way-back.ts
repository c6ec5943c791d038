import { useCallback, useEffect, useState } from "react";

/** After a jump to what was quoted: the way back to the reply, until one is at the end. */
export function useWayBack(isEnd: boolean, toSeq: (seq: number) => void) {
	const [from, setFrom] = useState<number | null>(null);
	useEffect(() => {
		if (isEnd) setFrom(null);
	}, [isEnd]);
	const toQuoted = useCallback(
		(seq: number, reply: number) => {
			setFrom(reply > 0 ? reply : null);
			toSeq(seq);
		},
		[toSeq],
	);

	function goBack() {
		setFrom(null);
		if (from !== null) toSeq(from);
	}
	return { toQuoted, goBack: from === null ? null : goBack };
}
