import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../tests/model/fake-clock";
import { createStore } from "./store";

function open() {
	const clock = createFakeClock();
	const store = createStore(0, clock);
	const heard: number[] = [];
	store.subscribe(() => heard.push(store.getState()));
	const add = () => store.update((sum) => sum + 1);
	return { clock, store, heard, add };
}

describe("the store", () => {
	it("tells of each change at once", () => {
		const { heard, add } = open();
		add();
		add();
		expect(heard).toEqual([1, 2]);
	});

	it("tells of what was gathered with the next frame, as one change", async () => {
		const { clock, store, heard, add } = open();
		for (let event = 0; event < 100; event++) store.gather(add);
		expect(store.getState()).toBe(100);
		expect(heard).toEqual([]);
		await clock.advance(20);
		expect(heard).toEqual([100]);
		await clock.advance(1_000);
		expect(heard).toEqual([100]);
		store.gather(add);
		await clock.advance(20);
		expect(heard).toEqual([100, 101]);
	});

	it("lets what was gathered be told together with what the person does", async () => {
		const { clock, store, heard, add } = open();
		store.gather(add);
		add();
		expect(heard).toEqual([2]);
		await clock.advance(1_000);
		expect(heard).toEqual([2]);
	});

	it("says nothing of what changed nothing, and tells at once again after a task that failed", async () => {
		const { clock, store, heard, add } = open();
		store.gather(() => store.update((sum) => sum));
		await clock.advance(1_000);
		expect(heard).toEqual([]);
		expect(() =>
			store.gather(() => {
				throw new Error("an event of another kind");
			}),
		).toThrow();
		add();
		expect(heard).toEqual([1]);
	});
});
