const ONE =
	"(?:\\p{Regional_Indicator}{2}|[0-9#*]\\ufe0f?\\u20e3|" +
	"(?:\\p{Emoji_Presentation}|\\p{Extended_Pictographic}\\ufe0f|\\p{Extended_Pictographic}(?=[\\u{1f3fb}-\\u{1f3ff}\\u200d]))" +
	"(?:[\\u{1f3fb}-\\u{1f3ff}\\ufe0f\\u{e0020}-\\u{e007f}]|\\u200d\\p{Extended_Pictographic})*)";
const FEW = new RegExp(`^${ONE}(?:\\s*${ONE}){0,2}$`, "u");

/** Whether a message is one to three emoji and nothing else: those are drawn large. */
export function isFewEmoji(body: string): boolean {
	// Three families with their joiners are the longest there are.
	return body.length <= 60 && FEW.test(body.trim());
}
