// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ComposerField } from "./composer-field";

afterEach(cleanup);

function setup(value: string) {
	const handlers = {
		onChange: vi.fn(),
		onSubmit: vi.fn(),
		onCancel: vi.fn(() => false),
		onUp: vi.fn(),
		onBlur: vi.fn(),
		onKeyFirst: vi.fn(() => false),
		onCaret: vi.fn(),
	};
	render(
		<ComposerField
			ref={{ current: null }}
			value={value}
			label="Message Ann"
			placeholder="Message Ann"
			list={null}
			{...handlers}
		/>,
	);
	return { ...handlers, field: screen.getByRole("textbox") };
}

describe("the field of the composer", () => {
	it("sends on Enter", () => {
		const { field, onSubmit } = setup("hello");
		fireEvent.keyDown(field, { key: "Enter", keyCode: 13 });
		expect(onSubmit).toHaveBeenCalledOnce();
	});

	it("never sends with the Enter that confirms a candidate", async () => {
		const { field, onSubmit } = setup("にほん");
		fireEvent.compositionStart(field);
		fireEvent.keyDown(field, { key: "Enter", keyCode: 229 });
		fireEvent.keyDown(field, { key: "Enter", keyCode: 13, isComposing: true });
		// Safari: the composition has ended when the same Enter arrives.
		fireEvent.compositionEnd(field);
		fireEvent.keyDown(field, { key: "Enter", keyCode: 13 });
		expect(onSubmit).not.toHaveBeenCalled();
		await new Promise((resolve) => setTimeout(resolve));
		fireEvent.keyDown(field, { key: "Enter", keyCode: 13 });
		expect(onSubmit).toHaveBeenCalledOnce();
	});

	it("leaves Enter to a list that takes it", () => {
		const { field, onSubmit, onKeyFirst } = setup("nice :ta");
		onKeyFirst.mockReturnValueOnce(true);
		fireEvent.keyDown(field, { key: "Enter", keyCode: 13 });
		expect(onSubmit).not.toHaveBeenCalled();
	});

	it("asks for the last own message by ArrowUp only while empty", () => {
		const full = setup("words");
		fireEvent.keyDown(full.field, { key: "ArrowUp" });
		expect(full.onUp).not.toHaveBeenCalled();
		cleanup();
		const empty = setup("");
		fireEvent.keyDown(empty.field, { key: "ArrowUp" });
		expect(empty.onUp).toHaveBeenCalledOnce();
	});

	it("reads as the page does while empty, and as its words do after", () => {
		expect(setup("").field.getAttribute("dir")).toBeNull();
		cleanup();
		expect(setup("שלום").field.getAttribute("dir")).toBe("auto");
	});
});
