// The wire types of the native API. Written from the server's types; do not edit by hand.

export type Account = {
	id: string;
	email: string;
	name: string;
	username: string | null;
	bio: string;
	photo: string | null;
	role: "member" | "admin";
	created_at: number;
};

export type Relation = "none" | "asked" | "asking" | "friend" | "blocked";

export type Person = {
	id: string;
	name: string;
	username: string | null;
	photo: string | null;
	relation: Relation;
};

export type Member = {
	account: string;
	role: "owner" | "admin" | "member";
	name: string;
	username: string | null;
	photo: string | null;
	read_seq: number;
	read_n: number;
	delivered_seq: number;
	joined_seq: number;
	left_at: number | null;
	rev: number;
};

export type Message = {
	chat: string;
	seq: number;
	n: number;
	rev: number;
	sender: string;
	client_id: string | null;
	kind: string;
	body: string;
	reply_to_seq: number | null;
	attachments: unknown[];
	reactions: unknown[];
	edited_at: number | null;
	deleted_at: number | null;
	created_at: number;
};

export type Chat = {
	id: string;
	kind: "direct" | "group" | "session";
	title: string | null;
	photo: string | null;
	closed_at: number | null;
	rev: number;
	seq: number;
	n: number;
	first_seq: number;
	last_at: number;
	created_at: number;
	read_seq: number;
	read_n: number;
	marks: number;
	unread: number;
	muted_until: number | null;
	pinned: boolean;
	archived: boolean;
	members: Member[];
	last_message: Message | null;
};

export type Receipt = {
	chat: string;
	account: string;
	read_seq: number;
	read_n: number;
	delivered_seq: number;
};

export type Problem = {
	type: string;
	title: string;
	status: number;
	code: string;
	detail: string;
	field: string | null;
	request_id: string;
	retry_after: number | null;
};

export type Tokens = {
	account: Account;
	access_token: string | null;
	refresh_token: string | null;
	expires_in: number;
};

export type Signup = { signup: string; expires_at: number };

export type NewAccount = { email: string; name: string; username?: string; password: string };

export type Login = {
	id: string;
	device: string;
	network: string;
	created_at: number;
	last_used_at: number;
	current: boolean;
};

export type Strength = { score: number; guesses_log10: number; advice: string | null };

export type ProfilePatch = { name?: string; username?: string; bio?: string };

export type Befriended = { relation: Relation; chat: string | null };

export type MessagePage = { messages: Message[]; has_more: boolean };

export type NewMessage = { client_id: string; body: string; reply_to_seq?: number };

export type Changes = { rev: number; messages: Message[]; members: Member[]; limited: boolean };

export type SyncRequest = {
	epoch: string | null;
	arev: number;
	chats: Record<string, [rev: number, seq: number, marks: number]>;
	limit?: number;
	messages?: number;
};

export type SyncEvent = { arev: number; kind: string; body: unknown };

export type SyncChat = Chat & { limited: boolean; messages: Message[] };

export type SyncMore = { id: string; rev: number; seq: number; unread: number };

export type SyncAnswer = {
	epoch: string;
	arev: number;
	reset: boolean;
	events: SyncEvent[];
	chats: SyncChat[];
	more: SyncMore[];
	gone: string[];
};

export type Presence = { account: string; online: boolean; last_seen_at: number | null };

export type SyncCheck = { arev: number; stale: string[] };

export type MessageEvent = {
	chat: string;
	rev: number;
	seq: number;
	n: number;
	message: Message;
	epoch: string;
};

/** What the server may tell a client, by event name. */
export type ServerEvents = {
	ready: { account: string; epoch: string; arev: number };
	"message.new": MessageEvent;
	"message.updated": MessageEvent;
	"message.deleted": MessageEvent;
	"chat.new": { arev: number; chat: string };
	"chat.updated": { chat: string; rev: number };
	"chat.removed": { arev: number; chat: string };
	receipt: Receipt;
	typing: { chat: string; account: string; on: boolean };
	presence: Presence;
	"online.count": { count: number };
	"friend.request": { arev: number; person: Person };
	"friend.accepted": { arev: number; person: Person; chat: string };
	"friend.removed": { arev: number; person: Person };
	"account.updated": { arev: number; account: Account };
	"login.revoked": { reason: string };
	"sync.required": Record<string, never>;
	"server.drain": { after_ms: number };
};

/** What a client may ask, by event name: the payload and the acknowledgement's own fields. */
export type ClientCalls = {
	"message.send": { ask: { chat: string } & NewMessage; answer: { message: Message } };
	"message.edit": {
		ask: { chat: string; seq: number; body: string };
		answer: { message: Message };
	};
	"message.delete": { ask: { chat: string; seq: number }; answer: object };
	"chat.read": { ask: { chat: string; seq: number }; answer: object };
	"chat.delivered": { ask: { chat: string; seq: number }; answer: object };
	"chat.open": { ask: { chat: string }; answer: object };
	"chat.close": { ask: { chat: string }; answer: object };
	"presence.watch": { ask: { accounts: string[] }; answer: { presence: Presence[] } };
	sync: { ask: SyncRequest; answer: SyncAnswer };
	"sync.check": { ask: { arev: number; open: [string, number][] }; answer: SyncCheck };
};

export type Ack<T> = ({ ok: true } & T) | { ok: false; error: Problem };
