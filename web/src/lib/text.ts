/**
 * The small Markdown of messages: bold, italic, struck, code, code blocks and
 * bare addresses. The same parser serves the echo and the stored message. What it
 * refuses: HTML, images, and links that hide where they lead.
 */
import { type BareAddress, findBareAddresses, withoutTail } from "./bare-address";

export type Inline =
	| { kind: "text"; text: string }
	| { kind: "code"; text: string }
	| { kind: "link"; text: string; href: string }
	| { kind: "strong" | "em" | "strike"; parts: Inline[] };

export type Block = { kind: "text"; parts: Inline[] } | { kind: "pre"; text: string };

const MARKS = [
	["**", "strong"],
	["__", "strong"],
	["~~", "strike"],
	["*", "em"],
	["_", "em"],
] as const;

const LINK = /https?:\/\/[^\s<>"'`]+/giy;
const FENCE = /```[^\S\n]*(?:[\w+-]+[^\S\n]*\n|\n)?([\s\S]*?)\n?```/g;
const MAX_DEPTH = 4;

export function parseText(body: string): Block[] {
	const blocks: Block[] = [];
	let from = 0;
	for (const match of body.matchAll(FENCE)) {
		const [whole, code = ""] = match;
		if (code.trim() === "") continue;
		pushText(blocks, body.slice(from, match.index).replace(/\n$/, ""));
		blocks.push({ kind: "pre", text: code });
		from = match.index + whole.length;
	}
	pushText(blocks, from === 0 ? body : body.slice(from).replace(/^\n/, ""));
	return blocks;
}

function pushText(blocks: Block[], text: string) {
	if (text !== "") blocks.push({ kind: "text", parts: parseInline(text, 0) });
}

function parseInline(text: string, depth: number): Inline[] {
	const parts: Inline[] = [];
	// A delimiter without a partner from here on has none further on either;
	// remembering that keeps hostile text linear.
	const lonely = new Set<string>();
	const bare = bareAt(findBareAddresses(text).values());
	let plainFrom = 0;
	let at = 0;
	while (at < text.length) {
		const found = depth < MAX_DEPTH ? (inlineAt(text, at, depth, lonely) ?? bare(at)) : null;
		if (found === null) {
			at += 1;
			continue;
		}
		if (at > plainFrom) parts.push({ kind: "text", text: text.slice(plainFrom, at) });
		parts.push(found.part);
		at = found.end;
		plainFrom = at;
	}
	if (plainFrom < text.length) parts.push({ kind: "text", text: text.slice(plainFrom) });
	return parts;
}

type Found = { part: Inline; end: number };

function inlineAt(text: string, at: number, depth: number, lonely: Set<string>): Found | null {
	const char = text[at];
	if (char === "`") return codeAt(text, at, lonely);
	if (char === "h" || char === "H") return linkAt(text, at);
	if (char === "*" || char === "_" || char === "~") return markAt(text, at, depth, lonely);
	return null;
}

function codeAt(text: string, at: number, lonely: Set<string>): Found | null {
	if (lonely.has("`")) return null;
	const end = text.indexOf("`", at + 1);
	if (end < 0) lonely.add("`");
	if (end < at + 2) return null;
	return { part: { kind: "code", text: text.slice(at + 1, end) }, end: end + 1 };
}

function linkAt(text: string, at: number): Found | null {
	if (/[\p{L}\p{N}]/u.test(text[at - 1] ?? "")) return null;
	LINK.lastIndex = at;
	const match = LINK.exec(text);
	if (!match) return null;
	const shown = withoutTail(match[0]);
	const href = URL.canParse(shown) ? new URL(shown).href : null;
	return href === null
		? null
		: { part: { kind: "link", text: shown, href }, end: at + shown.length };
}

/** Takes what was found without a scheme when it begins here. */
function bareAt(addresses: Iterator<BareAddress>) {
	let next = addresses.next();
	return (at: number): Found | null => {
		while (!next.done && next.value.start < at) next = addresses.next();
		if (next.done || next.value.start !== at) return null;
		const { text, href, end } = next.value;
		return { part: { kind: "link", text, href }, end };
	};
}

function markAt(text: string, at: number, depth: number, lonely: Set<string>): Found | null {
	const mark = MARKS.find(([sign]) => text.startsWith(sign, at));
	if (!mark || lonely.has(mark[0])) return null;
	const [sign, kind] = mark;
	const inner = at + sign.length;
	// It opens only before a word and, so that snake_case stays whole, not inside one.
	if (/\s|^$/.test(text[inner] ?? "") || /[\p{L}\p{N}]/u.test(text[at - 1] ?? "")) return null;
	const end = closerOf(text, sign, inner);
	if (end < 0) {
		lonely.add(sign);
		return null;
	}
	return {
		part: { kind, parts: parseInline(text.slice(inner, end), depth + 1) },
		end: end + sign.length,
	};
}

function closerOf(text: string, sign: string, from: number): number {
	for (let end = text.indexOf(sign, from + 1); end >= 0; end = text.indexOf(sign, end + 1)) {
		const isAfterSpace = /\s/.test(text[end - 1] ?? "");
		const isInsideWord = /[\p{L}\p{N}]/u.test(text[end + sign.length] ?? "");
		if (!isAfterSpace && !isInsideWord) return end;
	}
	return -1;
}

/** One line without marks, for lists, quotes and notifications. */
export function plainText(body: string): string {
	return parseText(body)
		.map((block) => (block.kind === "pre" ? block.text : plainInline(block.parts)))
		.join(" ")
		.replace(/\s+/g, " ")
		.trim();
}

function plainInline(parts: Inline[]): string {
	return parts.map((part) => ("parts" in part ? plainInline(part.parts) : part.text)).join("");
}
