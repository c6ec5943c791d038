import { describe, expect, it } from "vitest";
import { withReaction } from "./reactions";

const heart = (...accounts: string[]) => ({ emoji: "❤️", count: accounts.length, accounts });
const thumb = (...accounts: string[]) => ({ emoji: "👍", count: accounts.length, accounts });
const give = (emoji: string) => ({ emoji, on: true });
const take = (emoji: string) => ({ emoji, on: false });

describe("a wish laid over reactions", () => {
	it("comes last when nobody gave that emoji yet, and stays where it is when somebody did", () => {
		expect(withReaction([heart("bob")], "ann", give("👍"))).toEqual([heart("bob"), thumb("ann")]);
		const both = [heart("bob"), thumb("bob")];
		expect(withReaction(both, "ann", give("❤️"))).toEqual([heart("bob", "ann"), thumb("bob")]);
	});

	it("changes nothing when it is fulfilled", () => {
		expect(withReaction([heart("ann")], "ann", give("❤️"))).toEqual([heart("ann")]);
		expect(withReaction([heart("bob")], "ann", take("❤️"))).toEqual([heart("bob")]);
		expect(withReaction([], "ann", take("❤️"))).toEqual([]);
	});

	it("takes the emoji with the last who gave it", () => {
		expect(withReaction([heart("ann"), thumb("bob")], "ann", take("❤️"))).toEqual([thumb("bob")]);
		expect(withReaction([heart("ann", "bob")], "ann", take("❤️"))).toEqual([heart("bob")]);
	});

	it("only counts where a hundred are named", () => {
		const many = Array.from({ length: 100 }, (_, index) => `p${index}`);
		const [one] = withReaction([{ emoji: "👍", count: 130, accounts: many }], "ann", give("👍"));
		expect(one).toEqual({ emoji: "👍", count: 131, accounts: many });
	});
});
