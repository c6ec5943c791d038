/**
 * Finds where a day begins in a chat. The server keeps places, not days; but
 * places are dense and times grow with them, so a few pages are enough. What
 * is held already costs no request.
 *
 * A clock that was set back can make times fall for a moment; then the place
 * is near the right one, and still one that exists.
 */
import type { Message } from "@/api/wire.gen";

type Stretch = { firstSeq: number; firstAt: number; lastSeq: number; lastAt: number };

/** Fetches the messages around a place. */
export type FetchAround = (seq: number) => Promise<readonly Message[]>;

/** The first message at `from` or after it; the last of all when there is none. */
export async function findDay(
	from: number,
	{ firstSeq, firstAt, lastSeq, lastAt }: Stretch,
	held: Iterable<Message>,
	fetchAround: FetchAround,
): Promise<Message | null> {
	// The place looked for lies above the one and not above the other.
	let below = { seq: firstSeq - 1, at: firstAt };
	let above: { seq: number; at: number; message: Message | null };
	above = { seq: lastSeq, at: lastAt, message: null };

	function narrow(messages: Iterable<Message>) {
		for (const message of messages) {
			const { seq, created_at: at } = message;
			if (at < from && seq > below.seq && seq < above.seq) below = { seq, at };
			else if (at >= from && seq > below.seq && seq < above.seq) above = { seq, at, message };
			if (seq === above.seq) above = { seq, at, message };
		}
	}

	narrow(held);
	for (let turn = 0; above.message === null || above.seq - below.seq > 1; turn++) {
		const { seq: low } = below;
		const { seq: high } = above;
		narrow(await fetchAround(guess(from, below, above, turn)));
		if (below.seq === low && above.seq === high && above.seq - below.seq > 1) break;
		if (above.message === null && above.seq - below.seq <= 1 && turn > 0) break;
	}
	return above.message;
}

type End = { seq: number; at: number };

/** By time where people write evenly, and by halves so that a long silence costs little. */
function guess(from: number, below: End, above: End, turn: number): number {
	const span = above.at - below.at;
	const share = turn % 2 === 0 && span > 0 ? (from - below.at) / span : 0.5;
	const seq = Math.round(below.seq + share * (above.seq - below.seq));
	return Math.min(above.seq, Math.max(below.seq + 1, seq));
}
