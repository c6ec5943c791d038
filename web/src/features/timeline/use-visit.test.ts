import { describe, expect, it } from "vitest";
import type { ChatEntry } from "@/sync/types";
import { visitAt } from "./use-visit";

const chatAt = (n: number, readN: number) =>
	({ n, read_n: readN, seq: n, read_seq: readN }) as unknown as ChatEntry;

describe("the unread line", () => {
	it("stands where one had read to, and stays while one reads on", () => {
		const opened = visitAt(null, chatAt(10, 8), false);
		expect(opened).toMatchObject({ dividerAfter: 8, unread: 2 });
		expect(visitAt(opened, chatAt(12, 12), false)).toBe(opened);
	});

	it("is not drawn where all is read", () => {
		expect(visitAt(null, chatAt(10, 10), false).dividerAfter).toBeNull();
	});

	it("moves to what came while one looked away, and counts it", () => {
		const opened = visitAt(null, chatAt(10, 10), false);
		const first = visitAt(opened, chatAt(11, 10), true);
		const second = visitAt(first, chatAt(12, 10), true);
		expect(second).toMatchObject({ dividerAfter: 10, unread: 2 });
		expect(visitAt(second, chatAt(12, 12), false)).toBe(second);
	});
});
