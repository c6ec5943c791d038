// @vitest-environment happy-dom
/** What a row of the list says of its chat, and of when that is. */
import { cleanup, renderHook } from "@testing-library/react";
import { createElement } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { usePreview } from "@/features/chats/use-preview";
import { selectChat } from "@/sync/selectors";
import { SyncProvider, useSync } from "@/sync/use-sync";
import { goneRows } from "@/ui/gone-rows";
import { createOnePerson } from "./model/one-person";

afterEach(cleanup);

async function open() {
	const world = createOnePerson();
	const tab = await world.openTab();
	const preview = () =>
		renderHook(
			() => {
				const chat = useSync((state) => selectChat(state, "c"));
				if (chat === null) throw new Error("the chat is not there");
				return usePreview(chat, false);
			},
			{ wrapper: ({ children }) => createElement(SyncProvider, { sync: tab, children }) },
		).result.current;
	return { ...world, tab, preview };
}

describe("a row of the list", () => {
	it("tells a waiting message with its own time, not that of the one before", async () => {
		const { clock, network, tab, preview } = await open();
		tab.actions.sendMessage("c", { body: "early" });
		await clock.advance(1_000);
		const { at } = preview();
		network.setDown(true);
		network.cut("ann");
		await clock.advance(3_600_000);
		tab.actions.sendMessage("c", { body: "late" });
		expect(preview()).toMatchObject({ text: "late", tick: "sending", at: clock.now() });
		expect(clock.now() - at).toBeGreaterThan(3_600_000);
	});

	it("tells what is new rather than what was being written, and nothing that is on its way out", async () => {
		const { clock, server, tab, preview } = await open();
		tab.actions.saveDraft("c", { body: "half a thought" });
		expect(preview()).toMatchObject({ kind: "draft" });
		await clock.advance(1_000);
		server.send("bob", { chat: "c", client_id: "b", body: "news" });
		await clock.advance(1_000);
		expect(preview()).toMatchObject({ text: "news" });
		tab.actions.markRead("c", 1);
		expect(preview()).toMatchObject({ kind: "draft" });
		tab.actions.saveDraft("c", { body: "" });
		goneRows.write(new Set(["c.1"]));
		expect(preview()).toMatchObject({ kind: "deleted" });
		goneRows.write(new Set());
		expect(preview()).toMatchObject({ text: "news" });
	});

	it("tells a stored message with the time of the server", async () => {
		const { clock, server, preview } = await open();
		server.send("bob", { chat: "c", client_id: "b", body: "hello" });
		const sentAt = clock.now();
		await clock.advance(60_000);
		expect(preview()).toMatchObject({ text: "hello", at: sentAt });
	});
});
