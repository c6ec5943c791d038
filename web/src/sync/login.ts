/**
 * Which login this browser is in, as its tabs know it.
 *
 * What must hold: a login begins with a mark of its own and keeps it until
 * somebody signs out or the server ends it. Tabs with the same mark are of one
 * login: they hear each other and no others, though the account be the same.
 */
import type { Account } from "@/api/wire.gen";
import { uuidv7 } from "@/lib/ids";
import type { KeyValue } from "./drafts";

const KEY = "tidings.account";

export type Login = { readonly account: Account; readonly mark: string };

/** The login the browser is in; its mark is empty where an earlier build wrote it. */
export function readLogin(disk: KeyValue): Login | null {
	try {
		const held = JSON.parse(disk.getItem(KEY) ?? "null") as Partial<Account & Login> | null;
		if (typeof held?.id !== "string") return null;
		const { mark = "", ...account } = held;
		return { account: account as Account, mark };
	} catch {
		return null;
	}
}

/** Takes up the account's login that the browser is in, or begins one. */
export function enterLogin(disk: KeyValue, account: Account, now: number): Login {
	const held = readLogin(disk);
	const isSame = held?.account.id === account.id && held.mark !== "";
	const mark = isSame ? held.mark : uuidv7(now);
	disk.setItem(KEY, JSON.stringify({ ...account, mark }));
	return { account, mark };
}

export function forgetLogin(disk: KeyValue): void {
	disk.removeItem(KEY);
}
