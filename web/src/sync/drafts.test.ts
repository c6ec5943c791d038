import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../tests/model/fake-clock";
import { toKeyValue } from "../../tests/model/model-device";
import { createDrafts, parseDraft } from "./drafts";
import { emptyState } from "./state";
import { createStore } from "./store";

function open(disk = new Map<string, string>()) {
	const clock = createFakeClock();
	const store = createStore(emptyState, clock);
	const drafts = createDrafts({ store, clock, disk: toKeyValue(disk), account: "ann" });
	return { clock, store, drafts, disk };
}

describe("drafts", () => {
	it("are shown at once and written 300 ms later", async () => {
		const { clock, store, drafts, disk } = open();
		drafts.save("c", { body: "he" });
		drafts.save("c", { body: "hello", replyToSeq: 7 });
		expect(store.getState().drafts.get("c")).toMatchObject({ body: "hello", replyToSeq: 7 });
		expect(disk.size).toBe(0);
		await clock.advance(300);
		expect(parseDraft(disk.get("tidings.draft.ann.c") ?? null)?.body).toBe("hello");
	});

	it("survive a reload, for their own account alone", () => {
		const first = open();
		first.drafts.save("c", { body: "kept" });
		first.drafts.flush();
		first.disk.set("tidings.draft.bob.c", JSON.stringify({ body: "not mine", updatedAt: 1 }));
		const again = open(first.disk);
		again.drafts.restore();
		expect([...again.store.getState().drafts].map(([chat, { body }]) => [chat, body])).toEqual([
			["c", "kept"],
		]);
	});

	it("never come back after sending, though a write was waiting", async () => {
		const { clock, store, drafts, disk } = open();
		drafts.save("c", { body: "sent" });
		drafts.clear("c");
		await clock.advance(1_000);
		expect(disk.size).toBe(0);
		expect(store.getState().drafts.size).toBe(0);
	});

	it("are gone when emptied, kept when only a reply is chosen", async () => {
		const { clock, store, drafts, disk } = open();
		drafts.save("c", { body: "x" });
		drafts.save("c", { body: "", replyToSeq: 3 });
		expect(store.getState().drafts.get("c")?.replyToSeq).toBe(3);
		drafts.save("c", { body: "" });
		await clock.advance(1_000);
		expect(disk.size).toBe(0);
	});

	it("follow what another tab writes and clears", () => {
		const { store, drafts, disk } = open();
		disk.set("tidings.draft.ann.c", JSON.stringify({ body: "there", updatedAt: 1 }));
		drafts.hear("tidings.draft.ann.c");
		expect(store.getState().drafts.get("c")?.body).toBe("there");
		disk.delete("tidings.draft.ann.c");
		drafts.hear("tidings.draft.ann.c");
		expect(store.getState().drafts.size).toBe(0);
	});

	it("refuses what is not a draft", () => {
		for (const text of [null, "", "{", "null", "7", '{"body":1,"updatedAt":1}']) {
			expect(parseDraft(text)).toBeNull();
		}
	});
});
