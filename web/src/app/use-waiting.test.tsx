// @vitest-environment happy-dom
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it } from "vitest";
import { NO_MINE } from "@/sync/reducers/mine";
import type { ChatEntry, State, Sync } from "@/sync/types";
import { SyncProvider } from "@/sync/use-sync";
import { useWaiting } from "./use-waiting";

const chat = (id: string, unread: number, more: Partial<ChatEntry> = {}) =>
	({
		id,
		kind: "direct",
		n: 10,
		read_n: 10 - unread,
		mine: NO_MINE,
		...more,
	}) as ChatEntry;

const until = (wait: number) => ({ mine: { ...NO_MINE, muted_until: Date.now() + wait } });

it("counts the unread messages of chats that are neither muted nor archived", () => {
	const chats = [
		chat("a", 3),
		chat("b", 2),
		chat("c", 4, { kind: "group" }),
		chat("d", 5, until(60_000)),
		chat("e", 1, until(-60_000)),
		chat("f", 6, { mine: { ...NO_MINE, archived: true } }),
	];
	const state = { chats: new Map(chats.map((one) => [one.id, one])) } as unknown as State;
	const sync = { getState: () => state, subscribe: () => () => undefined } as unknown as Sync;
	const wrapper = ({ children }: { children: ReactNode }) => (
		<SyncProvider sync={sync}>{children}</SyncProvider>
	);
	expect(renderHook(useWaiting, { wrapper }).result.current).toEqual({ direct: 6, other: 4 });
});
