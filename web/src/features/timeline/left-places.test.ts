import { describe, expect, it } from "vitest";
import type { Row } from "@/sync/types";
import { type LeftPlace, leavePlace } from "./left-places";

const rowOf = (key: string, seq: number) => ({ key, message: { seq } }) as Row;
const rows = [rowOf("a", 41), rowOf("b", 42), rowOf("c", 43), rowOf("pending", 0)];

const seen = (...keys: string[]) => keys.map((key, index) => ({ key, offset: index * 40 - 12 }));

describe("the place one leaves", () => {
	it("is the rows in view, with one to load the others around", () => {
		const places = new Map<string, LeftPlace>();
		leavePlace(places, "chat", { mode: "rows", rows: seen("b", "c", "pending") }, rows);
		expect(places.get("chat")).toEqual({
			seq: 43,
			anchor: { mode: "rows", rows: seen("b", "c", "pending") },
		});
	});

	it("is of one chat alone", () => {
		const places = new Map<string, LeftPlace>();
		leavePlace(places, "one", { mode: "rows", rows: seen("a") }, rows);
		leavePlace(places, "other", { mode: "rows", rows: seen("b") }, rows);
		expect(places.get("one")?.seq).toBe(41);
		expect(places.get("other")?.seq).toBe(42);
	});

	it("is none at the end, whatever it was before", () => {
		const places = new Map<string, LeftPlace>();
		leavePlace(places, "chat", { mode: "rows", rows: seen("a") }, rows);
		leavePlace(places, "chat", { mode: "end", rows: seen("b", "c") }, rows);
		expect(places.has("chat")).toBe(false);
	});

	it("is none among rows that the server has yet to place", () => {
		const places = new Map<string, LeftPlace>();
		leavePlace(places, "chat", { mode: "rows", rows: seen("pending") }, rows);
		expect(places.has("chat")).toBe(false);
	});
});
