// @vitest-environment happy-dom
import { act, render, waitFor } from "@testing-library/react";
import { useRef } from "react";
import { expect, it } from "vitest";
import { useKeptFocus } from "./use-kept-focus";

type Place = "asks" | "nowhere" | "friend";

function People({ bob }: { bob: Place }) {
	const ref = useRef<HTMLElement>(null);
	useKeptFocus(ref);
	return (
		<main ref={ref}>
			<h1 tabIndex={-1}>People</h1>
			<section>{bob === "asks" && <Row what="Accept" />}</section>
			<section>{bob === "friend" && <Row what="Message" />}</section>
			<input />
		</main>
	);
}

function Row({ what }: { what: string }) {
	return (
		<div data-person="bob">
			<button type="button">{what}</button>
		</div>
	);
}

function focused(): string | null {
	return document.activeElement?.textContent ?? null;
}

it("the heading stands in for a row that is between two lists", async () => {
	const page = render(<People bob="asks" />);
	act(() => page.getByText("Accept").focus());
	page.rerender(<People bob="nowhere" />);
	await waitFor(() => expect(focused()).toBe("People"));
	page.rerender(<People bob="friend" />);
	await waitFor(() => expect(focused()).toBe("Message"));
	page.unmount();
});

it("whoever has gone on meanwhile is left where they are", async () => {
	const page = render(<People bob="asks" />);
	act(() => page.getByText("Accept").focus());
	page.rerender(<People bob="nowhere" />);
	await waitFor(() => expect(focused()).toBe("People"));
	act(() => page.getByRole("textbox").focus());
	page.rerender(<People bob="friend" />);
	await act(async () => undefined);
	expect(document.activeElement?.tagName).toBe("INPUT");
	page.unmount();
});
