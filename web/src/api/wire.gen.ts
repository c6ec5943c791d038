// The wire types of the native API. Written by `cargo xtask gen` from the server's
// types; do not edit by hand.

/** An account as its owner sees it. */
export type Account = {
	bio: string;
	created_at: number;
	email: string;
	id: string;
	name: string;
	photo: string | null;
	/** `member` or `admin`. */
	role: string;
	username: string | null;
};

/** `account.updated`: one's own profile changed. */
export type AccountUpdated = {
	account: object;
	arev: number;
};

/** Says the same for every address. */
export type Asked = object;

/** What the two are to each other now. */
export type Befriended = {
	/** Their direct chat, when they are friends. */
	chat: string | null;
	relation: Relation;
};

/** Whom the caller blocks. */
export type Blocks = {
	blocked: Person[];
};

/** What is new or changed since then. */
export type Changes = {
	/** Rows were left out: forget what you held of this chat. */
	limited: boolean;
	members: Member[];
	/** Rows new or changed, by ascending place. */
	messages: Message[];
	/** Every change up to here is in the answer. */
	rev: number;
};

/** A chat as one of its members sees it. */
export type Chat = {
	archived: boolean;
	/** Since when it can only be read. */
	closed_at: number | null;
	created_at: number;
	first_seq: number;
	id: string;
	/** `direct`, `group` or `session`. */
	kind: string;
	last_at: number;
	last_message: Message | null;
	/** The sum of all members' `read_seq` and `delivered_seq`. */
	marks: number;
	members: Member[];
	muted_until: number | null;
	/** How many countable messages it has had. */
	n: number;
	photo: string | null;
	pinned: boolean;
	read_n: number;
	/** How far the caller has read. */
	read_seq: number;
	/** The number of its latest change. */
	rev: number;
	/** The place of its last message. */
	seq: number;
	title: string | null;
	/** `n - read_n`. */
	unread: number;
};

/** Every chat of the caller, the most active first. */
export type ChatList = {
	chats: Chat[];
};

/** `chat.new`: the account has a chat it did not have; ask for it. */
export type ChatNew = {
	arev: number;
	chat: string;
};

/** `chat.updated`: the chat itself changed; ask for it. */
export type ChatUpdated = {
	chat: string;
	rev: number;
};

/** `sync.check`: the counters of the account and of the chats on the screen. */
export type Check = {
	/** What the client holds; it compares with the answer itself. */
	arev: number;
	/** `[[chat, rev]]`. */
	open: [string, number][];
};

/** What the server has. A chat that is stale needs its `changes`. */
export type Checked = {
	arev: number;
	stale: string[];
};

/** `message.delete`: for everyone, leaving a tombstone. */
export type DeleteMessage = {
	chat: string;
	seq: number;
};

/** `chat.delivered`: everything up to `seq` reached this device. */
export type Delivered = {
	chat: string;
	seq: number;
};

/** Nothing to tell but that it is done. */
export type Done = object;

/** `server.drain`: connect again after this time. */
export type Drain = {
	after_ms: number;
};

/** What `PATCH …/messages/{seq}` takes. */
export type EditBody = {
	body: string;
};

/** `message.edit`. */
export type EditMessage = {
	body: string;
	chat: string;
	seq: number;
};

/** A password that somebody thinks of. */
export type Estimate = {
	/** What others know of its owner: address, name, username. */
	hints?: string[];
	password: string;
};

/** Whose password is forgotten. */
export type Forgot = {
	email: string;
};

/** Who was found. */
export type Found = {
	people: Person[];
};

/**
 * `friend.request`, `friend.accepted`, `friend.removed`: what somebody is to
 * the account has changed; the relation says to what.
 */
export type FriendEvent = {
	arev: number;
	/** Their direct chat, when they are friends. */
	chat: string | null;
	person: object;
};

/** The caller's friends. */
export type Friends = {
	friends: Person[];
};

/** One sign-in on one device. */
export type Login = {
	created_at: number;
	/** Whether this request came through it. */
	current: boolean;
	device: string;
	id: string;
	last_used_at: number;
	network: string;
};

/** `login.revoked`: this sign-in was ended; the socket closes. */
export type LoginRevoked = {
	reason: string;
};

/** Every live sign-in of the caller. */
export type Logins = {
	logins: Login[];
};

/** The account. */
export type Me = {
	account: Account;
};

/** A member as the members see one another. */
export type Member = {
	account: string;
	/** Everything up to here reached a device. */
	delivered_seq: number;
	joined_seq: number;
	left_at: number | null;
	name: string;
	photo: string | null;
	/** The countable number that belongs to `read_seq`. */
	read_n: number;
	/** Everything up to here was read. */
	read_seq: number;
	rev: number;
	/** `owner`, `admin` or `member`. */
	role: string;
	username: string | null;
};

/** A message, or the tombstone of one: `deleted_at` set and an empty `body`. */
export type Message = {
	attachments: object[];
	body: string;
	chat: string;
	/** The sender's own id for it, told to the sender only. */
	client_id: string | null;
	created_at: number;
	deleted_at: number | null;
	edited_at: number | null;
	kind: string;
	/** The number of countable messages up to here. */
	n: number;
	reactions: object[];
	reply_to_seq: number | null;
	/** The chat's rev at this message's last change. */
	rev: number;
	sender: string;
	/** Its place in the chat: dense, from 1. */
	seq: number;
};

/**
 * `message.new`, `message.updated`, `message.deleted`. A new message also
 * moves its sender's marks to its own place.
 */
export type MessageEvent = {
	chat: string;
	epoch: string;
	message: Message;
	n: number;
	rev: number;
	seq: number;
};

/** A part of the history, newest first. */
export type MessagePage = {
	has_more: boolean;
	messages: Message[];
};

/** What somebody signs up with. */
export type NewAccount = {
	email: string;
	name: string;
	/** 8 characters to 1,000 bytes, and not easy to guess. */
	password: string;
	username?: string | null;
};

/** What `POST …/messages` takes. */
export type NewMessage = {
	body: string;
	client_id: string;
	reply_to_seq?: number | null;
};

/** Somebody the caller has to do with. */
export type One = {
	person: Person;
};

/** One chat. */
export type OneChat = {
	chat: Chat;
};

/** One message. */
export type OneMessage = {
	message: Message;
};

/** `online.count`: how many people are here. */
export type OnlineCount = {
	count: number;
};

/** `chat.open`, `chat.close`: the chat is on the screen, or no longer. */
export type OpenChat = {
	chat: string;
};

/** An account as another one sees it. */
export type Person = {
	id: string;
	name: string;
	photo: string | null;
	relation: Relation;
	username: string | null;
};

/** A place in the chat. */
export type Place = {
	seq: number;
};

/** `presence`: a friend came or left. */
export type Presence = {
	account: string;
	last_seen_at: number | null;
	online: boolean;
};

/** RFC 9457: what went wrong, for programs and for people. */
export type Problem = {
	/** Stable and dotted, such as `chat.not_found`: what programs look at. */
	code: string;
	/** For people. */
	detail: string;
	/** The field of the request that is at fault. */
	field: string | null;
	/** Names this request in the server's log. */
	request_id: string;
	/** When to try again, in seconds. */
	retry_after: number | null;
	/** The HTTP status. */
	status: number;
	/** The status in words. */
	title: string;
	/** Where this kind of problem is explained. */
	type: string;
};

/** What to change; a field that is absent stays as it is. */
export type ProfilePatch = {
	bio?: string | null;
	name?: string | null;
	/** `null` gives the username up. */
	username?: string | null;
};

/** `chat.read`: everything up to `seq` was read. */
export type Read = {
	chat: string;
	seq: number;
};

/** `ready`: the socket hears everything from here on. */
export type Ready = {
	account: string;
	arev: number;
	epoch: string;
};

/** `receipt`: a member's marks moved. */
export type Receipt = {
	account: string;
	chat: string;
	delivered_seq: number;
	read_n: number;
	read_seq: number;
};

/** The refresh token, unless a cookie brings it. */
export type Refresh = {
	refresh_token?: string | null;
};

/** What the other one is to the caller. */
export type Relation = "none" | "asked" | "asking" | "friend" | "blocked";

/** The requests that wait for an answer, the newest first. */
export type Requests = {
	incoming: Person[];
	outgoing: Person[];
};

/** Asks for another code. */
export type Resend = {
	signup: string;
};

/** The token of the mailed link, and the password to be. */
export type Reset = {
	password: string;
	token: string;
};

/** `message.send`: at least once from the client, exactly once in effect. */
export type SendMessage = {
	/** 1 to 4,096 characters, not all white space. */
	body: string;
	chat: string;
	/**
	 * Chosen by the client, 1 to 64 printable ASCII characters; the same one
	 * on every retry.
	 */
	client_id: string;
	reply_to_seq?: number | null;
};

/** An address or username, and the password. */
export type SignIn = {
	/** The e-mail address, or the username. */
	email: string;
	password: string;
	/** Whether the tokens come in the body instead of cookies. */
	tokens?: boolean;
};

/** An attempt that waits for its code. */
export type Signup = {
	/** Until when the code is good. */
	expires_at: number;
	signup: string;
};

/** How hard it is to guess. */
export type Strength = {
	/** What would make it better. */
	advice: string | null;
	/** The order of magnitude of the guesses needed; from 7 on it is accepted. */
	guesses_log10: number;
	/** From 0, guessed at once, to 4. */
	score: number;
};

/** What the client is missing. */
export type SyncAnswer = {
	arev: number;
	chats: SyncChat[];
	epoch: string;
	events: SyncEvent[];
	gone: string[];
	more: SyncMore[];
	/** Forget everything held: this answer starts afresh. */
	reset: boolean;
};

export type SyncChat = Chat & {
	/** Rows were left out: forget what you held of this chat. */
	limited: boolean;
	/** Rows new or changed, by ascending place. */
	messages: Message[];
};

export type SyncEvent = {
	arev: number;
	body: object;
	kind: string;
};

export type SyncMore = {
	id: string;
	rev: number;
	seq: number;
	unread: number;
};

/** `sync`: what the client holds. */
export type SyncRequest = {
	/** Every event of the account up to here; 0 at first. */
	arev: number;
	/** Its chats: `{id: [rev, seq, marks]}`. */
	chats: Record<string, [number, number, number]>;
	/** The epoch it was told last. */
	epoch?: string | null;
	/** Chats with rows, at most 100; the others come as counters. */
	limit?: number | null;
	/** How many of the newest messages of a chat to give, when not all. */
	messages?: number | null;
};

/** `sync.required`: events were dropped; call `sync`. */
export type SyncRequired = object;

/** Who signed in, and by what further requests are signed. */
export type Tokens = {
	/** For `authorization: Bearer`; `null` when cookies were set. */
	access_token: string | null;
	account: Account;
	/** How long the access token lives, in seconds. */
	expires_in: number;
	/** For `POST /v1/login/refresh`; `null` when cookies were set. */
	refresh_token: string | null;
};

/** `typing`: forget it after 6 seconds. */
export type Typing = {
	account: string;
	chat: string;
	on: boolean;
};

/** The code that came by mail. */
export type Verify = {
	/** Six digits. */
	code: string;
	signup: string;
	/** Whether the tokens come in the body instead of cookies. */
	tokens?: boolean;
};

/**
 * `presence.watch`: whom to be told about, instead of those before. Only
 * friends are watched; others are left out of the answer.
 */
export type Watch = {
	/** At most 200. */
	accounts: string[];
};

/** Who of them is here. */
export type Watched = {
	presence: Presence[];
};

/** What the server may tell a client, by event name. */
export type ServerEvents = {
	/** The socket hears everything from here on. */
	ready: Ready;
	/** A message. It moves its sender's marks to its place. */
	"message.new": MessageEvent;
	/** A message has another body. */
	"message.updated": MessageEvent;
	/** A message is a tombstone now. */
	"message.deleted": MessageEvent;
	/** A chat the account did not have. */
	"chat.new": ChatNew;
	/** The chat itself changed: ask for it. */
	"chat.updated": ChatUpdated;
	/** A member's marks moved. */
	receipt: Receipt;
	/** Somebody writes; forget it after 6 seconds. */
	typing: Typing;
	/** A watched friend came or left. */
	presence: Presence;
	/** How many people are here. */
	"online.count": OnlineCount;
	/** Somebody asks, or was asked. */
	"friend.request": FriendEvent;
	/** Two became friends. */
	"friend.accepted": FriendEvent;
	/** They are nothing to each other any more. */
	"friend.removed": FriendEvent;
	/** One's own profile changed. */
	"account.updated": AccountUpdated;
	/** This sign-in was ended. */
	"login.revoked": LoginRevoked;
	/** Events were dropped: call sync. */
	"sync.required": SyncRequired;
	/** Connect again after this time. */
	"server.drain": Drain;
};

/** What a client may ask and is answered, by event name. */
export type ClientCalls = {
	/** Sends a message; repeat it until acknowledged. */
	"message.send": { ask: SendMessage; answer: OneMessage };
	/** Gives one's own message another body. */
	"message.edit": { ask: EditMessage; answer: OneMessage };
	/** Deletes one's own message for everyone. */
	"message.delete": { ask: DeleteMessage; answer: Done };
	/** Everything up to this place was read. */
	"chat.read": { ask: Read; answer: Done };
	/** Everything up to this place reached this device. */
	"chat.delivered": { ask: Delivered; answer: Done };
	/** What is missing since what the client holds. */
	sync: { ask: SyncRequest; answer: SyncAnswer };
	/** The chat is on the screen. */
	"chat.open": { ask: OpenChat; answer: Done };
	/** The chat has left the screen. */
	"chat.close": { ask: OpenChat; answer: Done };
	/** Whom to be told about. */
	"presence.watch": { ask: Watch; answer: Watched };
	/** Whether anything was missed. */
	"sync.check": { ask: Check; answer: Checked };
};

/** What a client may say without an answer, by event name. */
export type ClientHints = {
	/** The caller writes, or no longer. */
	typing: Typing;
};

/** The answer to a call: its own fields, or the problem. */
export type Ack<T> = ({ ok: true } & T) | { ok: false; error: Problem };
