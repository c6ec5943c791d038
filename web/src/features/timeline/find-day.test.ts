import { describe, expect, it } from "vitest";
import type { Message } from "@/api/wire.gen";
import { messageAt } from "../../../tests/model/rows";
import { findDay } from "./find-day";

const HOUR = 3_600_000;
const PAGE = 50;

/** A chat whose messages have these times; counts what is asked of it. */
function chatOf(times: readonly number[]) {
	const messages = times.map((created_at, index) => messageAt(index + 1, { created_at }));
	const asked: number[] = [];
	const fetchAround = async (seq: number) => {
		asked.push(seq);
		const low = Math.max(0, seq - 1 - PAGE / 2);
		return messages.slice(low, low + PAGE).reverse();
	};
	const firstAt = (times[0] ?? 0) - HOUR;
	const stretch = { firstSeq: 1, firstAt, lastSeq: times.length, lastAt: times.at(-1) ?? 0 };
	return {
		asked,
		messages,
		find: (from: number, held: Message[] = []) => findDay(from, stretch, held, fetchAround),
	};
}

/** Bursts and silences, as people write. */
function human(count: number): number[] {
	let at = 1_000_000;
	let seed = 7;
	return Array.from({ length: count }, () => {
		seed = (seed * 16_807) % 2_147_483_647;
		at += seed % 97 === 0 ? 400 * HOUR : seed % 60_000;
		return at;
	});
}

describe("finding a day", () => {
	it("finds the first message at or after it, with few requests", async () => {
		const times = human(100_000);
		for (const share of [0, 0.001, 0.2, 0.5, 0.77, 0.999, 1]) {
			const chat = chatOf(times);
			const first = times[0] ?? 0;
			const from = first + share * ((times.at(-1) ?? 0) - first);
			const found = await chat.find(from);
			expect(found?.seq).toBe(times.findIndex((at) => at >= from) + 1);
			expect(chat.asked.length).toBeLessThan(20);
		}
	});

	it("asks nothing when the place is held already", async () => {
		const chat = chatOf(human(500));
		const held = chat.messages.slice(200, 260);
		const from = held[30]?.created_at ?? 0;
		expect((await chat.find(from, held))?.seq).toBe(231);
		expect(chat.asked).toEqual([]);
	});

	it("gives the first of all before the beginning, and the last of all after the end", async () => {
		const times = human(300);
		expect((await chatOf(times).find(0))?.seq).toBe(1);
		expect((await chatOf(times).find(times.at(-1) ?? 0))?.seq).toBe(300);
		expect((await chatOf(times).find(Number.MAX_SAFE_INTEGER))?.seq).toBe(300);
		expect((await chatOf([5 * HOUR]).find(HOUR))?.seq).toBe(1);
	});

	it("ends where the clock was set back, and where nothing comes back", async () => {
		const times = human(400);
		times.splice(200, 0, ...times.slice(20, 60));
		const from = times[205] ?? 0;
		expect((await chatOf(times).find(from))?.created_at).toBeGreaterThanOrEqual(from);
		const stretch = { firstSeq: 1, firstAt: 0, lastSeq: 9, lastAt: 9 * HOUR };
		expect(await findDay(HOUR, stretch, [], async () => [])).toBeNull();
	});

	it("lets the refusal of a request through", async () => {
		const stretch = { firstSeq: 1, firstAt: 0, lastSeq: 9, lastAt: 9 * HOUR };
		const refuse = () => Promise.reject(new Error("no network"));
		await expect(findDay(HOUR, stretch, [], refuse)).rejects.toThrow("no network");
	});
});
