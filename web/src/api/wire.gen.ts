// The wire types of the native API. Written by `cargo xtask gen` from the server's
// types; do not edit by hand.

/** An account as its owner sees it. */
export type Account = {
	/** A few words; may be empty. */
	bio: string;
	/** When it was made. */
	created_at: number;
	/** Where its mail goes, and what it signs in by. */
	email: string;
	/** Names it. */
	id: string;
	/** The name others see. */
	name: string;
	/** Where its photo is. */
	photo: string | null;
	/** What it may do here. */
	role: AccountRole;
	/** Its handle, if it chose one. */
	username: string | null;
};

/** An event of the account, by the name it has when it is heard live. */
export type AccountEventKind = "friend.request" | "friend.accepted" | "friend.removed" | "chat.new" | "chat.removed" | "mine.updated" | "account.updated";

/** What an account may do here. */
export type AccountRole = "member" | "admin";

/** `account.updated`: one's own profile changed. */
export type AccountUpdated = {
	/** The account as it is now. */
	account: Account;
	/** The number of this event in the account. */
	arev: number;
};

/** Says the same for every address. */
export type Asked = object;

/** What the two are to each other now. */
export type Befriended = {
	/** Their direct chat, when they are friends. */
	chat: string | null;
	/** What the other one is to the caller. */
	relation: Relation;
};

/** Whom the caller blocks. */
export type Blocks = {
	/** By name. */
	blocked: Person[];
};

/** What is new or changed since then. */
export type Changes = {
	/** Rows were left out: forget what you held of this chat. */
	limited: boolean;
	/** All of them: receipts are not in `rev`. */
	members: Member[];
	/** Rows new or changed, by ascending place. */
	messages: Message[];
	/** Every change up to here is in the answer. */
	rev: number;
};

/** A chat as one of its members sees it. */
export type Chat = {
	/** Since when it can only be read. */
	closed_at: number | null;
	/** When it began. */
	created_at: number;
	/** The first place the caller can see. */
	first_seq: number;
	/** Names the chat. */
	id: string;
	/** What it is. */
	kind: ChatKind;
	/** When something was last said; the order of the list. */
	last_at: number;
	/** What was last said, or its tombstone. */
	last_message: Message | null;
	/** The sum of all members' `read_seq` and `delivered_seq`. */
	marks: number;
	/** Everybody who is or was in it. */
	members: Member[];
	/** What of it is the caller's alone. */
	mine: Mine;
	/** How many countable messages it has had. */
	n: number;
	/** Where its photo is. */
	photo: string | null;
	/** The countable number that belongs to `read_seq`. */
	read_n: number;
	/** How far the caller has read. */
	read_seq: number;
	/** The number of its latest change. */
	rev: number;
	/** The place of its last message. */
	seq: number;
	/** What its members call it; `null` for two friends. */
	title: string | null;
	/** `n - read_n`. */
	unread: number;
};

/** What a chat is. */
export type ChatKind = "direct" | "group" | "session";

/** Every chat of the caller, the most active first. */
export type ChatList = {
	/** The most active first. */
	chats: Chat[];
};

/** `chat.new`: the account has a chat it did not have; ask for it. */
export type ChatNew = {
	/** The number of this event in the account. */
	arev: number;
	/** The chat. */
	chat: string;
};

/** `chat.updated`: the chat itself changed; ask for it. */
export type ChatUpdated = {
	/** The chat. */
	chat: string;
	/** The number of this change in it. */
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
	/** The number of the account's latest event. */
	arev: number;
	/** Those of the asked whose `rev` is higher, or that are not the caller's. */
	stale: string[];
};

/** `message.delete`: for everyone, leaving a tombstone. */
export type DeleteMessage = {
	/** The chat it stands in. */
	chat: string;
	/** Its place there. */
	seq: number;
};

/** `chat.delivered`: everything up to `seq` reached this device. */
export type Delivered = {
	/** The chat. */
	chat: string;
	/** The last place that arrived. */
	seq: number;
};

/** Nothing to tell but that it is done. */
export type Done = object;

/** `server.drain`: connect again after this time. */
export type Drain = {
	/** How long to wait first, in milliseconds. */
	after_ms: number;
};

/** What `PATCH …/messages/{seq}` takes. */
export type EditBody = {
	/** What it says from now on, as in a new message. */
	body: string;
	/**
	 * The message's rev as its writer saw it. Refused when it was changed
	 * since, so that a late repeat never undoes a newer edit; without it the
	 * edit has the last word.
	 */
	seen_rev?: number | null;
};

/** `message.edit`. */
export type EditMessage = {
	/** What it says from now on, as in a new message. */
	body: string;
	/** The chat it stands in. */
	chat: string;
	/**
	 * The message's rev as its writer saw it. Refused when it was changed
	 * since, so that a late repeat never undoes a newer edit; without it the
	 * edit has the last word.
	 */
	seen_rev?: number | null;
	/** Its place there. */
	seq: number;
};

/** A password that somebody thinks of. */
export type Estimate = {
	/** What others know of its owner: address, name, username. */
	hints?: string[];
	/** The password. */
	password: string;
};

/** Whose password is forgotten. */
export type Forgot = {
	/** Where the link goes, if it has an account. */
	email: string;
};

/** Who was found. */
export type Found = {
	/** At most 20. */
	people: Person[];
};

/** A part of what was found, newest first. */
export type FoundMessages = {
	/**
	 * The index has not come far enough: what is here is right, and older
	 * messages may be missing for a while.
	 */
	behind: boolean;
	/** The newest first. */
	messages: Message[];
	/**
	 * Give it as `before` to go on; null at the end. A page may be short, even
	 * empty, and yet not the last.
	 */
	next: string | null;
};

/** `friend.accepted`: two became friends. */
export type FriendAccepted = {
	/** The number of this event in the account. */
	arev: number;
	/** Their direct chat. */
	chat: string;
	/** The new friend. */
	person: Person;
};

/**
 * `friend.request`, `friend.removed`: what somebody is to the account has
 * changed; the relation says to what.
 */
export type FriendEvent = {
	/** The number of this event in the account. */
	arev: number;
	/** Who, as the account sees them now. */
	person: Person;
};

/** The caller's friends. */
export type Friends = {
	/** By name. */
	friends: Person[];
};

/** One sign-in on one device. */
export type Login = {
	/** When it was made. */
	created_at: number;
	/** Whether this request came through it. */
	current: boolean;
	/** Such as `Firefox on Linux`. */
	device: string;
	/** Names the sign-in. */
	id: string;
	/** When it was made or last refreshed. */
	last_used_at: number;
	/** The address it was made from. */
	network: string;
};

/** `login.revoked`: this sign-in was ended; the socket closes. */
export type LoginRevoked = {
	/** Always `signed_out` yet. */
	reason: string;
};

/** Every live sign-in of the caller. */
export type Logins = {
	/** The last used first. */
	logins: Login[];
};

/** The account. */
export type Me = {
	/** The caller's own. */
	account: Account;
};

/** A member as the members see one another. */
export type Member = {
	/** Whose membership it is. */
	account: string;
	/** Everything up to here reached a device. */
	delivered_seq: number;
	/** The place after which they see the chat; 0 is all of it. */
	joined_seq: number;
	/** When they left; `null` while they are in. */
	left_at: number | null;
	/** The name shown. */
	name: string;
	/** Where their photo is. */
	photo: string | null;
	/** The countable number that belongs to `read_seq`. */
	read_n: number;
	/** Everything up to here was read. */
	read_seq: number;
	/** The chat's rev at this row's last change; receipts do not move it. */
	rev: number;
	/** What they may do in the chat. */
	role: MemberRole;
	/** Their handle, if they chose one. */
	username: string | null;
};

/** What a member may do in a chat. */
export type MemberRole = "owner" | "admin" | "member";

/** A message, or the tombstone of one: `deleted_at` set and an empty `body`. */
export type Message = {
	/** Always empty yet. */
	attachments: object[];
	/** What it says; empty when it was deleted. */
	body: string;
	/** The chat it stands in. */
	chat: string;
	/** The sender's own id for it, told to the sender only. */
	client_id: string | null;
	/** When it was sent. */
	created_at: number;
	/** When it was deleted; then this is a tombstone. */
	deleted_at: number | null;
	/** When its body was last changed. */
	edited_at: number | null;
	/** What it is. */
	kind: MessageKind;
	/** The number of countable messages up to here. */
	n: number;
	/** What it was answered with, in the order of their first use. */
	reactions: Reaction[];
	/** The place of the message it answers. */
	reply_to_seq: number | null;
	/** The chat's rev at this message's last change. */
	rev: number;
	/** Who sent it. */
	sender: string;
	/** Its place in the chat: dense, from 1. */
	seq: number;
};

/**
 * `message.new`, `message.updated`, `message.deleted`. A new message also
 * moves its sender's marks to its own place.
 */
export type MessageEvent = {
	/** The chat. */
	chat: string;
	/** The store's epoch. */
	epoch: string;
	/** The message as it is now. */
	message: Message;
	/** The number of countable messages up to it. */
	n: number;
	/** The number of this change in the chat. */
	rev: number;
	/** The place of the message. */
	seq: number;
};

/** What a message is. */
export type MessageKind = "text";

/** A part of the history, newest first. */
export type MessagePage = {
	/** There are more in the direction that was asked for. */
	has_more: boolean;
	/** The newest first. */
	messages: Message[];
};

/** What of a chat is the caller's alone; nobody else is told. */
export type Mine = {
	/** The caller has put it away. */
	archived: boolean;
	/**
	 * The caller has hidden everything up to this place from themselves; 0 is
	 * nothing.
	 */
	hidden_upto_seq: number;
	/**
	 * Until when the caller wants no sound of it; `8640000000000000`, the last
	 * moment that a date can name, is for ever.
	 */
	muted_until: number | null;
	/** The caller keeps it on top. */
	pinned: boolean;
	/** Marked as unread while `read_seq` is not beyond this place. */
	unread_seq: number | null;
	/** Grows with each change: of two the higher one is the later. */
	version: number;
};

/** What to change; a field that is absent stays as it is. */
export type MinePatch = {
	/** Put it away, or not. */
	archived?: boolean | null;
	/**
	 * The last message one saw, to delete the chat for oneself: everything up to
	 * there is hidden for good, from the caller alone.
	 */
	hidden_upto_seq?: number | null;
	/** `null` turns the sound on again; `8640000000000000` is for ever. */
	muted_until?: number | null;
	/** Keep it on top, or not. */
	pinned?: boolean | null;
	/**
	 * How far one has read, to mark the chat as unread: reading on takes the
	 * mark away, and so does `null`.
	 */
	unread_seq?: number | null;
};

/** `mine.updated`: the account chose something about a chat for itself alone. */
export type MineUpdated = {
	/** The number of this event in the account. */
	arev: number;
	/** The chat. */
	chat: string;
	/** What of it is the account's alone, as it is now. */
	mine: Mine;
};

/** What somebody signs up with. */
export type NewAccount = {
	/** Where the code goes. */
	email: string;
	/** The name others see. */
	name: string;
	/** 8 characters to 1,000 bytes, and not easy to guess. */
	password: string;
	/** A handle to be found and to sign in by. */
	username?: string | null;
};

/** What `POST …/messages` takes. */
export type NewMessage = {
	/** 1 to 4,096 characters, not all white space. */
	body: string;
	/**
	 * Chosen by the client, 1 to 64 printable ASCII characters; the same one
	 * on every retry.
	 */
	client_id: string;
	/** The place of the message it answers. */
	reply_to_seq?: number | null;
};

/** Somebody the caller has to do with. */
export type One = {
	/** What they say of themselves; empty when they say nothing. */
	bio: string;
	/** The person. */
	person: Person;
};

/** One chat. */
export type OneChat = {
	/** The chat. */
	chat: Chat;
};

/** One message. */
export type OneMessage = {
	/** The message. */
	message: Message;
};

/** What of the chat is the caller's alone, as it is now. */
export type OneMine = {
	/** As it is now. */
	mine: Mine;
};

/** `online.count`: how many people are here. */
export type OnlineCount = {
	/** People, not sockets. */
	count: number;
};

/** `chat.open`, `chat.close`: the chat is on the screen, or no longer. */
export type OpenChat = {
	/** The chat. */
	chat: string;
};

/** An account as another one sees it. */
export type Person = {
	/** Who it is. */
	id: string;
	/** The name shown. */
	name: string;
	/** Where their photo is. */
	photo: string | null;
	/** What they are to the one who looks. */
	relation: Relation;
	/** Their handle, if they chose one. */
	username: string | null;
};

/** A place in the chat. */
export type Place = {
	/** The place, from 1. */
	seq: number;
};

/** `presence`: a friend came or left. */
export type Presence = {
	/** Who. */
	account: string;
	/** When they were last here, if ever. */
	last_seen_at: number | null;
	/** Whether they are here. */
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
	/** Other words; empty text takes them back. */
	bio?: string | null;
	/** Another name. */
	name?: string | null;
	/** `null` gives the username up. */
	username?: string | null;
};

/** One emoji on a message. */
export type Reaction = {
	/** Who did, the oldest first; at most 100 of them. */
	accounts: string[];
	/** How many gave it. */
	count: number;
	/** The emoji, in the form that Unicode recommends. */
	emoji: string;
};

/** `chat.read`: everything up to `seq` was read. */
export type Read = {
	/** The chat. */
	chat: string;
	/** The last place that was read. */
	seq: number;
};

/** `ready`: the socket hears everything from here on. */
export type Ready = {
	/** Who is signed in. */
	account: string;
	/** The number of the account's latest event. */
	arev: number;
	/** The store's epoch: another one means to start afresh. */
	epoch: string;
};

/** `receipt`: a member's marks moved. */
export type Receipt = {
	/** Whose marks. */
	account: string;
	/** The chat. */
	chat: string;
	/** Everything up to here reached a device. */
	delivered_seq: number;
	/** The countable number that belongs to `read_seq`. */
	read_n: number;
	/** Everything up to here was read. */
	read_seq: number;
};

/** The refresh token, unless a cookie brings it. */
export type Refresh = {
	/** The token that the last answer gave. */
	refresh_token?: string | null;
};

/** What the other one is to the caller. */
export type Relation = "none" | "asked" | "asking" | "friend" | "blocked";

/** The requests that wait for an answer, the newest first. */
export type Requests = {
	/** They asked the caller. */
	incoming: Person[];
	/** The caller asked them. */
	outgoing: Person[];
};

/** Asks for another code. */
export type Resend = {
	/** The attempt. */
	signup: string;
};

/** The token of the mailed link, and the password to be. */
export type Reset = {
	/** 8 characters to 1,000 bytes, and not easy to guess. */
	password: string;
	/** From the mailed link. */
	token: string;
};

/** `typing`: not acknowledged; say it again every few seconds. */
export type SayTyping = {
	/** Where. */
	chat: string;
	/** Whether they write, or have stopped. */
	on: boolean;
};

/** `message.send`: at least once from the client, exactly once in effect. */
export type SendMessage = {
	/** 1 to 4,096 characters, not all white space. */
	body: string;
	/** Where to. */
	chat: string;
	/**
	 * Chosen by the client, 1 to 64 printable ASCII characters; the same one
	 * on every retry.
	 */
	client_id: string;
	/** The place of the message it answers. */
	reply_to_seq?: number | null;
};

/** `reaction.set`: an emoji of one's own on a message, there or not. */
export type SetReaction = {
	/** The chat the message stands in. */
	chat: string;
	/** One emoji, with or without invisible selectors. */
	emoji: string;
	/** Whether it is there from now on. */
	on: boolean;
	/** The message's place there. */
	seq: number;
};

/** An address or username, and the password. */
export type SignIn = {
	/** The e-mail address, or the username. */
	email: string;
	/** The password. */
	password: string;
	/** Whether the tokens come in the body instead of cookies. */
	tokens?: boolean;
};

/** An attempt that waits for its code. */
export type Signup = {
	/** Until when the code is good. */
	expires_at: number;
	/** Names the attempt. */
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
	/** Every event of the account up to here is in the answer. */
	arev: number;
	/** The chats that are new or changed. */
	chats: SyncChat[];
	/** Hold it for the next time. */
	epoch: string;
	/** What happened to the account, in order. */
	events: SyncEvent[];
	/** Chats of the request that are the caller's no longer. */
	gone: string[];
	/** Those that did not fit: ask again with these in mind. */
	more: SyncMore[];
	/** Forget everything held: this answer starts afresh. */
	reset: boolean;
};

/** A chat that is new or changed, with what was said there. */
export type SyncChat = Chat & {
	/** Rows were left out: forget what you held of this chat. */
	limited: boolean;
	/** Rows new or changed, by ascending place. */
	messages: Message[];
};

/** What happened to the account. */
export type SyncEvent = {
	/** Its number in the account. */
	arev: number;
	/** The payload of the live event, without `arev`. */
	body: object;
	/** The name it has when it is heard live. */
	kind: AccountEventKind;
};

/** A chat that did not fit into this answer. */
export type SyncMore = {
	/** The chat. */
	id: string;
	/** The number of its latest change. */
	rev: number;
	/** The place of its last message. */
	seq: number;
	/** How many messages the caller has not read. */
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
	/** Who signed in. */
	account: Account;
	/** How long the access token lives, in seconds. */
	expires_in: number;
	/** For `POST /v1/login/refresh`; `null` when cookies were set. */
	refresh_token: string | null;
};

/** `typing`: forget it after 6 seconds. */
export type Typing = {
	/** Who. */
	account: string;
	/** Where. */
	chat: string;
	/** Whether they write, or have stopped. */
	on: boolean;
};

/** The code that came by mail. */
export type Verify = {
	/** Six digits. */
	code: string;
	/** The attempt. */
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
	/** Those of the wanted that are friends. */
	presence: Presence[];
};

/** What the server may tell a client, by event name. */
export type ServerEvents = {
	/** The socket hears everything from here on. */
	ready: Ready;
	/** A message. It moves its sender's marks to its place. */
	"message.new": MessageEvent;
	/** A message has another body or other reactions. */
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
	"friend.accepted": FriendAccepted;
	/** They are nothing to each other any more. */
	"friend.removed": FriendEvent;
	/** What of a chat is one's alone changed. */
	"mine.updated": MineUpdated;
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
	/** Gives one's own message another body; repeat it until acknowledged. */
	"message.edit": { ask: EditMessage; answer: OneMessage };
	/** Deletes one's own message for everyone. */
	"message.delete": { ask: DeleteMessage; answer: Done };
	/** Gives a message an emoji, or takes it back; repeat it until acknowledged. */
	"reaction.set": { ask: SetReaction; answer: OneMessage };
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
	typing: SayTyping;
};

/** The answer to a call: its own fields, or the problem. */
export type Ack<T> = ({ ok: true } & T) | { ok: false; error: Problem };
