/** A message and its row as the server and the store would have them, where no server is asked. */
import type { Message } from "@/api/wire.gen";
import type { Row } from "@/sync/types";

/** Number `seq` of its chat, as it was written, but for `change`. */
export function messageAt(seq: number, change: Partial<Message> = {}): Message {
	return {
		chat: "c",
		seq,
		n: seq,
		rev: seq,
		sender: "ann",
		client_id: null,
		kind: "text",
		body: `row ${seq}`,
		reply_to_seq: null,
		attachments: [],
		reactions: [],
		edited_at: null,
		deleted_at: null,
		created_at: seq * 1_000,
		...change,
	};
}

export function rowAt(seq: number, change: Partial<Message> = {}): Row {
	return { key: `k${seq}`, message: messageAt(seq, change), state: "stored", pending: null };
}
