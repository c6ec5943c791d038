/**
 * A message's reactions as the server keeps them: what one more and one less
 * come to. Pure. The client lays its own wishes over what it holds by the same
 * rules, so that the server's answer changes nothing on the screen.
 */
import type { Reaction } from "@/api/wire.gen";

/** The server names no more accounts with one emoji. */
const MOST_NAMED = 100;

export function isGivenBy({ accounts }: Reaction, account: string): boolean {
	return accounts.includes(account);
}

/** The reactions once `account` has given or taken back the emoji; the same where it had. */
export function withReaction(
	reactions: readonly Reaction[],
	account: string,
	{ emoji, on }: { emoji: string; on: boolean },
): Reaction[] {
	const held = reactions.find((other) => other.emoji === emoji);
	if (held === undefined)
		return on ? [...reactions, { emoji, count: 1, accounts: [account] }] : [...reactions];
	if (isGivenBy(held, account) === on) return [...reactions];
	const next = on ? given(held, account) : taken(held, account);
	const all = reactions.map((other) => (other === held ? next : other));
	return all.filter(({ count }) => count > 0);
}

function given({ emoji, count, accounts }: Reaction, account: string): Reaction {
	const hasRoom = accounts.length < MOST_NAMED;
	return { emoji, count: count + 1, accounts: hasRoom ? [...accounts, account] : accounts };
}

function taken({ emoji, count, accounts }: Reaction, account: string): Reaction {
	return { emoji, count: count - 1, accounts: accounts.filter((other) => other !== account) };
}
