import { useEffect, useRef, useState } from "react";

/**
 * For who presses Enter before that which it is for is here: tells that it is
 * due, and does it as soon as it can be done.
 */
export function useDue(isHere: boolean, onHere: () => void): (isDue: boolean) => void {
	const [isDue, setDue] = useState(false);
	const act = useRef(onHere);
	act.current = onHere;
	useEffect(() => {
		if (!isDue || !isHere) return;
		setDue(false);
		act.current();
	}, [isDue, isHere]);
	return setDue;
}
