/**
 * A small server that follows the rules of the real one: dense `seq` and `n`,
 * a `rev` for every change, idempotent client ids, marks that only grow, an
 * account log, and one call to catch up. It is the truth the client is
 * compared with.
 */
import type {
	Account,
	Changes,
	Chat,
	Member,
	Message,
	MessagePage,
	Mine,
	Problem,
	SyncAnswer,
	SyncEvent,
	SyncRequest,
} from "@/api/wire.gen";
import { NO_MINE } from "@/sync/reducers/mine";
import type { ServerEvent } from "@/sync/socket";
import type { MineChange } from "@/sync/types";

const MAX_CHANGES = 100;
const NEWEST = 20;
/** Fewer than the real one, so that it is met. */
const MOST_KINDS = 3;

type ModelChat = {
	id: string;
	rev: number;
	title: string | null;
	closedAt: number | null;
	rows: Message[];
	n: number;
	members: Map<string, Member>;
	mine: Map<string, Mine>;
	/** How far somebody has read who did so for themselves alone. */
	ownRead: Map<string, number>;
	lastAt: number;
};

export type ModelServer = ReturnType<typeof createModelServer>;

export class Refusal extends Error {
	readonly problem: Problem;
	constructor(status: number, code: string, retryAfter: number | null = null) {
		super(code);
		const title = code;
		const detail = code;
		this.problem = {
			type: "about:blank",
			title,
			status,
			code,
			detail,
			field: null,
			request_id: "r",
			retry_after: retryAfter,
		};
	}
}

export function account(id: string): Account {
	return {
		id,
		email: `${id}@example.org`,
		name: id,
		username: null,
		bio: "",
		photo: null,
		role: "member",
		created_at: 1,
	};
}

export function createModelServer(now: () => number) {
	const chats = new Map<string, ModelChat>();
	const logs = new Map<string, SyncEvent[]>();
	/** Says what happened to everybody concerned; the network decides who hears it. */
	let publish: (to: string, event: ServerEvent) => void = () => undefined;
	let epoch = "e1";
	let refusesMine = false;
	const bodies: { clientId: string; body: string }[] = [];
	/** The rev of each message's last edit, by sender and client id. */
	const editedRevs = new Map<string, number>();
	const nameOf = ({ sender, client_id }: Message) => `${sender} ${client_id}`;

	function get(id: string, who: string): ModelChat {
		const chat = chats.get(id);
		if (chat?.members.get(who) === undefined) throw new Refusal(404, "chat.not_found");
		return chat;
	}

	function show(row: Message, who: string): Message {
		return row.sender === who ? row : { ...row, client_id: null };
	}

	function tell(chat: ModelChat, toEvent: (who: string) => ServerEvent): void {
		for (const who of chat.members.keys()) publish(who, toEvent(who));
	}

	function tellRow(
		chat: ModelChat,
		name: "message.new" | "message.updated" | "message.deleted",
		row: Message,
	) {
		const { rev, seq, n } = row;
		tell(chat, (who) => ({
			name,
			body: { chat: chat.id, rev, seq, n, message: show(row, who), epoch },
		}));
	}

	function tellAccount(who: string, kind: "chat.new" | "chat.removed", chat: string): void {
		const arev = log(who, kind, { chat });
		// A removal is told by sync alone, as by the server of today.
		if (kind === "chat.new") publish(who, { name: kind, body: { arev, chat } });
	}

	function log(who: string, kind: SyncEvent["kind"], body: object): number {
		const before = logs.get(who) ?? [];
		const arev = before.length + 1;
		logs.set(who, [...before, { arev, kind, body }]);
		return arev;
	}

	function raise(chat: ModelChat, who: string, seq: number, isRead: boolean): void {
		const member = chat.members.get(who);
		if (member === undefined) return;
		const upTo = Math.min(seq, chat.rows.length);
		const row = chat.rows[upTo - 1];
		const next = { ...member };
		if (isRead && upTo > member.read_seq) {
			next.read_seq = upTo;
			next.read_n = row?.n ?? 0;
		}
		next.delivered_seq = Math.max(next.delivered_seq, upTo, next.read_seq);
		if (next.delivered_seq === member.delivered_seq && next.read_seq === member.read_seq) return;
		chat.members.set(who, next);
		const { read_seq, read_n, delivered_seq } = next;
		tell(chat, () => ({
			name: "receipt",
			body: { chat: chat.id, account: who, read_seq, read_n, delivered_seq },
		}));
	}

	function hiddenUpTo(chat: ModelChat, who: string): number {
		return chat.mine.get(who)?.hidden_upto_seq ?? 0;
	}

	/** The members as this one sees them, who may have read on alone. */
	function membersFor(chat: ModelChat, who: string): Member[] {
		const own = chat.ownRead.get(who) ?? 0;
		return [...chat.members.values()].map((member) => {
			if (member.account !== who || member.read_seq >= own) return member;
			const delivered_seq = Math.max(member.delivered_seq, own);
			return { ...member, read_seq: own, read_n: chat.rows[own - 1]?.n ?? 0, delivered_seq };
		});
	}

	function readAlone(chat: ModelChat, who: string, seq: number): void {
		const before = chat.ownRead.get(who) ?? 0;
		if (seq <= Math.max(before, chat.members.get(who)?.read_seq ?? 0)) return;
		chat.ownRead.set(who, seq);
		const marks = { read_seq: seq, read_n: chat.rows[seq - 1]?.n ?? 0, delivered_seq: seq };
		publish(who, { name: "receipt", body: { chat: chat.id, account: who, ...marks } });
	}

	function toChat(chat: ModelChat, who: string): Chat {
		const members = membersFor(chat, who);
		const mine = members.find((member) => member.account === who);
		const last = chat.rows.at(-1);
		const isSeen = last !== undefined && last.seq > hiddenUpTo(chat, who);
		return {
			id: chat.id,
			// As on the real server two people have a chat of their own.
			kind: chat.members.size === 2 ? "direct" : "group",
			title: chat.title,
			photo: null,
			closed_at: chat.closedAt,
			rev: chat.rev,
			seq: chat.rows.length,
			n: chat.n,
			first_seq: 1,
			last_at: chat.lastAt,
			created_at: 1,
			read_seq: mine?.read_seq ?? 0,
			read_n: mine?.read_n ?? 0,
			marks: members.reduce((sum, member) => sum + member.read_seq + member.delivered_seq, 0),
			unread: chat.n - (mine?.read_n ?? 0),
			mine: chat.mine.get(who) ?? NO_MINE,
			members,
			last_message: isSeen ? show(last, who) : null,
		};
	}

	/** Rows changed since `rev`, then new ones; too many of either are left out. */
	function missing(
		chat: ModelChat,
		who: string,
		held: { rev: number; seq: number },
		allUpTo: number,
	) {
		const floor = hiddenUpTo(chat, who);
		const heldSeq = Math.max(held.seq, floor);
		let low = heldSeq;
		let limited = false;
		if (chat.rows.length - heldSeq > allUpTo) {
			low = chat.rows.length - NEWEST;
			limited = true;
		}
		let changed = chat.rows.filter(
			({ seq, rev }) => seq > floor && seq <= heldSeq && rev > held.rev,
		);
		if (changed.length > MAX_CHANGES) {
			changed = [];
			limited = true;
		}
		const rows = [...changed, ...chat.rows.slice(low)].map((row) => show(row, who));
		return { messages: rows, limited };
	}

	function seen(who: string, ask: { chat: string; seq: number }): Message | undefined {
		const chat = get(ask.chat, who);
		return ask.seq > hiddenUpTo(chat, who) ? chat.rows[ask.seq - 1] : undefined;
	}

	function ownRow(who: string, ask: { chat: string; seq: number }): Message {
		const row = seen(who, ask);
		if (row?.sender !== who) throw new Refusal(404, "message.not_found");
		if (row.deleted_at !== null) throw new Refusal(409, "message.deleted");
		return row;
	}

	const server = {
		chats,
		/** Whatever messages have said, in order. */
		bodies,
		epoch: () => epoch,
		arev: (who: string) => logs.get(who)?.length ?? 0,
		onPublish(listener: (to: string, event: ServerEvent) => void) {
			publish = listener;
		},

		addChat(id: string, ...who: string[]): void {
			const members = new Map<string, Member>();
			for (const name of who) members.set(name, toMember(name, 1));
			chats.set(id, {
				id,
				rev: 1,
				title: null,
				closedAt: null,
				rows: [],
				n: 0,
				members,
				mine: new Map(),
				ownRead: new Map(),
				lastAt: now(),
			});
			for (const name of who) tellAccount(name, "chat.new", id);
		},
		refuseMine(): void {
			refusesMine = true;
		},
		setMine(who: string, id: string, change: MineChange): Mine {
			const chat = get(id, who);
			if (refusesMine) throw new Refusal(400, "mine.unread_seq");
			const before = chat.mine.get(who) ?? NO_MINE;
			const mine = { ...before, ...change };
			if (mine.unread_seq !== null) mine.unread_seq = Math.min(mine.unread_seq, chat.rows.length);
			const hidden = Math.min(mine.hidden_upto_seq, chat.rows.length);
			mine.hidden_upto_seq = Math.max(hidden, before.hidden_upto_seq);
			if (JSON.stringify(mine) === JSON.stringify(before)) return before;
			mine.version++;
			chat.mine.set(who, mine);
			const arev = log(who, "mine.updated", { chat: id, mine });
			publish(who, { name: "mine.updated", body: { arev, chat: id, mine } });
			readAlone(chat, who, mine.hidden_upto_seq);
			return mine;
		},
		removeMember(id: string, who: string): void {
			get(id, who).members.delete(who);
			tellAccount(who, "chat.removed", id);
		},
		send(
			who: string,
			ask: { chat: string; client_id: string; body: string; reply_to_seq?: number | null },
		): Message {
			const chat = get(ask.chat, who);
			const known = chat.rows.find((row) => row.sender === who && row.client_id === ask.client_id);
			const first = bodies.find((said) => said.clientId === ask.client_id);
			if (known !== undefined && first?.body !== ask.body)
				throw new Refusal(409, "message.client_id_reused");
			if (known !== undefined) return known;
			if (ask.body.includes("REFUSE")) throw new Refusal(400, "message.refused");
			const row: Message = {
				chat: chat.id,
				seq: chat.rows.length + 1,
				n: ++chat.n,
				rev: ++chat.rev,
				sender: who,
				client_id: ask.client_id,
				kind: "text",
				body: ask.body,
				reply_to_seq: ask.reply_to_seq ?? null,
				attachments: [],
				reactions: [],
				edited_at: null,
				deleted_at: null,
				created_at: now(),
			};
			chat.rows.push(row);
			bodies.push({ clientId: ask.client_id, body: ask.body });
			chat.lastAt = now();
			const member = chat.members.get(who);
			if (member !== undefined) {
				const marks = { read_seq: row.seq, read_n: row.n, delivered_seq: row.seq };
				chat.members.set(who, { ...member, ...marks });
			}
			tellRow(chat, "message.new", row);
			return row;
		},
		edit(
			who: string,
			ask: { chat: string; seq: number; body: string; seen_rev?: number | null },
		): Message {
			const row = ownRow(who, ask);
			if (row.body === ask.body) return row;
			const edited = editedRevs.get(nameOf(row)) ?? 0;
			if (edited > (ask.seen_rev ?? edited)) throw new Refusal(409, "message.changed");
			bodies.push({ clientId: row.client_id ?? "", body: ask.body });
			const next = change(ask, "message.updated", { body: ask.body, edited_at: now() });
			editedRevs.set(nameOf(row), next.rev);
			return next;
		},
		react(who: string, ask: { chat: string; seq: number; emoji: string; on: boolean }): Message {
			const row = seen(who, ask);
			if (row === undefined) throw new Refusal(404, "message.not_found");
			const others = row.reactions.filter(({ emoji }) => emoji !== ask.emoji);
			const held = row.reactions.find(({ emoji }) => emoji === ask.emoji);
			if ((held?.accounts.includes(who) ?? false) === ask.on) return show(row, who);
			if (row.deleted_at !== null) throw new Refusal(409, "message.deleted");
			if (ask.on && held === undefined && others.length >= MOST_KINDS)
				throw new Refusal(409, "reaction.too_many");
			const rest = (held?.accounts ?? []).filter((account) => account !== who);
			const accounts = ask.on ? [...rest, who] : rest;
			const one = { emoji: ask.emoji, count: accounts.length, accounts };
			const at = held === undefined ? others.length : row.reactions.indexOf(held);
			const reactions = row.reactions.toSpliced(at, held === undefined ? 0 : 1, one);
			const left = reactions.filter(({ count }) => count > 0);
			return show(change(ask, "message.updated", { reactions: left }), who);
		},
		remove(who: string, ask: { chat: string; seq: number }): void {
			const row = seen(who, ask);
			if (row?.sender === who && row.deleted_at !== null) return;
			ownRow(who, ask);
			change(ask, "message.deleted", { body: "", reactions: [], deleted_at: now() });
		},
		retitle(id: string, title: string): void {
			const chat = chats.get(id);
			if (chat === undefined) return;
			chat.title = title;
			const rev = ++chat.rev;
			tell(chat, () => ({ name: "chat.updated", body: { chat: id, rev } }));
		},
		/** A friendship ends, or begins again. */
		setClosed(id: string, isClosed: boolean): void {
			const chat = chats.get(id);
			if (chat === undefined) return;
			chat.closedAt = isClosed ? now() : null;
			const rev = ++chat.rev;
			tell(chat, () => ({ name: "chat.updated", body: { chat: id, rev } }));
		},
		/** Anything at all, in time or late. */
		say: (to: string, event: ServerEvent) => publish(to, event),
		/** Who of them is here; of those with whom no chat is open nothing is said. Everybody is. */
		watch(who: string, ask: { accounts: string[] }) {
			const isFriend = (account: string) =>
				[...chats.values()].some(
					({ closedAt, members }) =>
						closedAt === null && members.size === 2 && members.has(who) && members.has(account),
				);
			const friends = ask.accounts.filter(isFriend);
			return {
				presence: friends.map((account) => ({ account, online: true, last_seen_at: null })),
			};
		},
		mark(who: string, ask: { chat: string; seq: number }, isRead: boolean): void {
			raise(get(ask.chat, who), who, ask.seq, isRead);
		},
		/** A backup of this moment is restored: counters may repeat, so the epoch changes. */
		restore(): void {
			epoch = `e${Number(epoch.slice(1)) + 1}`;
			for (const chat of chats.values()) {
				chat.rows = chat.rows.slice(0, Math.floor(chat.rows.length / 2));
				chat.n = chat.rows.length;
				chat.mine.clear();
				chat.ownRead.clear();
				chat.rev = Math.max(1, ...chat.rows.map((row) => row.rev));
				for (const [who, member] of chat.members) {
					const read_seq = Math.min(member.read_seq, chat.rows.length);
					const delivered_seq = Math.min(member.delivered_seq, chat.rows.length);
					chat.members.set(who, { ...member, read_seq, read_n: read_seq, delivered_seq });
				}
			}
		},

		chat: (who: string, id: string): Chat => toChat(get(id, who), who),
		page(who: string, id: string, query: Record<string, number>): MessagePage {
			const chat = get(id, who);
			const limit = Math.min(100, query.limit ?? 20);
			const last = chat.rows.length;
			let low = last - limit + 1;
			if (query.before_seq !== undefined) low = query.before_seq - limit;
			if (query.after_seq !== undefined) low = query.after_seq + 1;
			if (query.around_seq !== undefined) low = query.around_seq - Math.floor(limit / 2);
			const first = hiddenUpTo(chat, who) + 1;
			const from = Math.max(first, low);
			const cut = query.before_seq ?? from + limit;
			const rows = chat.rows.slice(from - 1, Math.max(from, cut) - 1);
			const hasMore = query.after_seq === undefined ? from > first : cut <= last;
			return { messages: rows.map((row) => show(row, who)).reverse(), has_more: hasMore };
		},
		changes(who: string, id: string, held: { rev: number; seq: number }): Changes {
			const chat = get(id, who);
			const members = membersFor(chat, who).filter((member) => member.rev > held.rev);
			return { rev: chat.rev, members, ...missing(chat, who, held, MAX_CHANGES) };
		},
		sync(who: string, ask: SyncRequest): SyncAnswer {
			const log = logs.get(who) ?? [];
			const holdsNothing = ask.arev === 0 && Object.keys(ask.chats).length === 0;
			const reset = !holdsNothing && ask.epoch !== epoch;
			const held = new Map(reset ? [] : Object.entries(ask.chats));
			const answer: SyncAnswer = {
				epoch,
				arev: log.length,
				reset,
				events: reset || holdsNothing ? [] : log.slice(ask.arev),
				chats: [],
				more: [],
				gone: [],
			};
			const mine = [...chats.values()].filter((chat) => chat.members.has(who));
			for (const chat of mine.sort((a, b) => b.lastAt - a.lastAt)) {
				const known = held.get(chat.id);
				held.delete(chat.id);
				const wire = toChat(chat, who);
				const isSame = known?.[0] === wire.rev && known[1] === wire.seq && known[2] === wire.marks;
				if (isSame) continue;
				if (answer.chats.length >= (ask.limit ?? 2)) {
					answer.more.push({ id: chat.id, rev: wire.rev, seq: wire.seq, unread: wire.unread });
					continue;
				}
				const from = known === undefined ? { rev: chat.rev, seq: 0 } : toHeld(known);
				const rows = missing(chat, who, from, known === undefined ? NEWEST : MAX_CHANGES);
				answer.chats.push({ ...wire, ...rows });
			}
			answer.gone = [...held.keys()];
			return answer;
		},
		check(who: string, ask: { arev: number; open: [string, number][] }) {
			const stale = ask.open.filter(([id, rev]) => (chats.get(id)?.rev ?? 0) > rev);
			return { arev: server.arev(who), stale: stale.map(([id]) => id) };
		},
	};

	function change(
		ask: { chat: string; seq: number },
		name: "message.updated" | "message.deleted",
		patch: Partial<Message>,
	): Message {
		const chat = chats.get(ask.chat);
		const row = chat?.rows[ask.seq - 1];
		if (chat === undefined || row === undefined) throw new Refusal(404, "message.not_found");
		const next = { ...row, ...patch, rev: ++chat.rev };
		chat.rows[ask.seq - 1] = next;
		tellRow(chat, name, next);
		return next;
	}

	return server;
}

function toHeld([rev, seq]: [number, number, number]) {
	return { rev, seq };
}

function toMember(name: string, rev: number): Member {
	return {
		account: name,
		role: "member",
		name,
		username: null,
		photo: null,
		read_seq: 0,
		read_n: 0,
		delivered_seq: 0,
		joined_seq: 0,
		left_at: null,
		rev,
	};
}
