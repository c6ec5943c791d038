// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { digitsOf, OtpField } from "./otp-field";

afterEach(cleanup);

function Code({ onComplete }: { onComplete: (digits: string) => void }) {
	const [value, setValue] = useState("");
	return <OtpField label="Code" value={value} onChange={setValue} onComplete={onComplete} />;
}

function setup() {
	const onComplete = vi.fn();
	render(<Code onComplete={onComplete} />);
	const input = screen.getByLabelText<HTMLInputElement>("Code");
	return {
		onComplete,
		input,
		give: (value: string) => fireEvent.change(input, { target: { value } }),
	};
}

describe("the code field", () => {
	it("is one input that a phone can fill", () => {
		const { input } = setup();
		expect(screen.getAllByRole("textbox")).toHaveLength(1);
		expect(input.autocomplete).toBe("one-time-code");
		expect(input.inputMode).toBe("numeric");
	});

	it("takes a pasted code with its dash", () => {
		const { give, input, onComplete } = setup();
		give("123-456");
		expect(input.value).toBe("123456");
		expect(onComplete).toHaveBeenCalledExactlyOnceWith("123456");
	});

	it("sends a full code once, and again only after it was changed", () => {
		const { give, onComplete } = setup();
		give("123456");
		give("1234567");
		expect(onComplete).toHaveBeenCalledTimes(1);
		give("12345");
		give("123457");
		expect(onComplete.mock.calls).toEqual([["123456"], ["123457"]]);
	});

	it("reads digits of other scripts", () => {
		expect(digitsOf("٤٠٧١٩٢")).toBe("407192");
		expect(digitsOf("４０７ 192 9")).toBe("407192");
		expect(digitsOf("no")).toBe("");
	});
});
