import { describe, expect, it } from "vitest";
import type { ChatEntry } from "@/sync/types";
import { visitAt } from "./use-visit";

const chatAt = (n: number, readN: number) =>
	({ n, read_n: readN, seq: n, read_seq: readN }) as unknown as ChatEntry;

const HERE = { isAway: false, isEnd: true };
const FURTHER_UP = { isAway: false, isEnd: false };
const AWAY = { isAway: true, isEnd: true };

describe("the unread line", () => {
	it("stands where one had read to, and stays while one reads on", () => {
		const opened = visitAt(null, chatAt(10, 8), FURTHER_UP);
		expect(opened).toMatchObject({ dividerAfter: 8, unread: 2 });
		expect(visitAt(opened, chatAt(10, 9), FURTHER_UP)).toBe(opened);
		expect(visitAt(opened, chatAt(10, 10), HERE)).toBe(opened);
		expect(visitAt(opened, chatAt(12, 12), HERE)).toBe(opened);
	});

	it("is not drawn where all is read", () => {
		expect(visitAt(null, chatAt(10, 10), HERE).dividerAfter).toBeNull();
	});

	it("moves to what came while one looked away, and counts it", () => {
		const opened = visitAt(null, chatAt(10, 10), HERE);
		const first = visitAt(opened, chatAt(11, 10), AWAY);
		const second = visitAt(first, chatAt(12, 10), AWAY);
		expect(second).toMatchObject({ dividerAfter: 10, unread: 2 });
		expect(visitAt(second, chatAt(12, 12), HERE)).toBe(second);
	});

	it("is drawn by the first message that comes while one reads further up", () => {
		const opened = visitAt(null, chatAt(10, 10), FURTHER_UP);
		const first = visitAt(opened, chatAt(11, 10), FURTHER_UP);
		expect(first).toMatchObject({ dividerAfter: 10, unread: 1 });
		expect(visitAt(first, chatAt(50, 10), FURTHER_UP)).toMatchObject({
			dividerAfter: 10,
			unread: 40,
		});
	});

	it("is not drawn for what comes before the eyes of one at the end", () => {
		const opened = visitAt(null, chatAt(10, 10), HERE);
		expect(visitAt(opened, chatAt(11, 10), HERE)).toBe(opened);
	});

	it("does not move under one who is reading what it is for", () => {
		const opened = visitAt(null, chatAt(50, 10), FURTHER_UP);
		const grown = visitAt(opened, chatAt(52, 30), FURTHER_UP);
		expect(grown).toMatchObject({ dividerAfter: 10, unread: 40 });
		// What had come last is of the same batch.
		expect(visitAt(grown, chatAt(52, 50), FURTHER_UP)).toBe(grown);
	});

	it("is drawn anew once all it was for is read", () => {
		const opened = visitAt(null, chatAt(50, 10), FURTHER_UP);
		const next = visitAt(opened, chatAt(51, 50), FURTHER_UP);
		expect(next).toMatchObject({ dividerAfter: 50, unread: 1 });
	});
});
