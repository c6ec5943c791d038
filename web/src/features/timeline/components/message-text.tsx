import { Fragment, memo, type ReactNode } from "react";
import { type Inline, parseText } from "@/lib/text";

/** The body of a message, with its small Markdown drawn. */
export const MessageText = memo(function MessageText({ body }: { body: string }) {
	return parseText(body).map((block, index) =>
		block.kind === "pre" ? (
			// biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text keep their order.
			<pre key={index} dir="ltr">
				<code>{block.text}</code>
			</pre>
		) : (
			// biome-ignore lint/suspicious/noArrayIndexKey: as above.
			<p key={index}>{drawInline(block.parts)}</p>
		),
	);
});

function drawInline(parts: Inline[]): ReactNode {
	return parts.map((part, index) => (
		// biome-ignore lint/suspicious/noArrayIndexKey: as above.
		<Fragment key={index}>{drawPart(part)}</Fragment>
	));
}

function drawPart(part: Inline): ReactNode {
	switch (part.kind) {
		case "text":
			return part.text;
		case "code":
			return <code>{part.text}</code>;
		case "link":
			return <Address href={part.href} text={part.text} />;
		case "strong":
			return <strong>{drawInline(part.parts)}</strong>;
		case "em":
			return <em>{drawInline(part.parts)}</em>;
		case "strike":
			return <s>{drawInline(part.parts)}</s>;
	}
}

/** A page opens beside the chat; a mail address opens what this device writes mail with. */
function Address({ href, text }: { href: string; text: string }) {
	if (href.startsWith("mailto:")) {
		return (
			<a href={href} dir="ltr">
				{text}
			</a>
		);
	}
	return (
		<a href={href} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
			{text}
		</a>
	);
}
