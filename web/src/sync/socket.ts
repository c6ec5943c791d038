/**
 * The socket as the rest of `sync` sees it, and its one real maker.
 *
 * Reconnecting is not here: the session machine decides when to open again,
 * so the client library's own retries are off. Calls reject like REST calls
 * do, with an `ApiError` for a refusal and an `OfflineError` for silence.
 */
import { type Socket as IoSocket, io } from "socket.io-client";
import { toApiError, toOfflineError } from "@/api/client";
import type { Ack, ClientCalls, Problem, ServerEvents } from "@/api/wire.gen";

export type ServerEvent = {
	[K in keyof ServerEvents]: { name: K; body: ServerEvents[K] };
}[keyof ServerEvents];

export type SocketListener = {
	readonly onEvent: (event: ServerEvent) => void;
	/** The connection ended, or could not be made. `problem` is the server's refusal. */
	readonly onClose: (problem: Problem | null) => void;
};

export type Socket = {
	/** Opens a new connection; an earlier one is dropped in silence. */
	readonly open: (listener: SocketListener) => void;
	/** Drops the connection without telling the listener. */
	readonly close: () => void;
	readonly call: <K extends keyof ClientCalls>(
		name: K,
		ask: ClientCalls[K]["ask"],
	) => Promise<ClientCalls[K]["answer"]>;
	/** Sends without waiting for an answer; lost when not connected. */
	readonly tell: (name: "typing", body: { chat: string; on: boolean }) => void;
};

/** After this long without an acknowledgement the answer is unknown, and the caller may ask again. */
const ACK_MS = 10_000;
const CONNECT_MS = 15_000;

export type SocketOptions = { origin?: string; token?: () => string | null };

export function createSocket(options: SocketOptions = {}): Socket {
	let current: IoSocket | null = null;

	function close(): void {
		const old = current;
		current = null;
		old?.offAny();
		old?.removeAllListeners();
		old?.disconnect();
	}

	return {
		open(listener) {
			close();
			const token = options.token?.() ?? null;
			const socket = io(`${options.origin ?? ""}/v1`, {
				path: "/socket.io/",
				auth: token === null ? {} : { token },
				forceNew: true,
				reconnection: false,
				timeout: CONNECT_MS,
				transports: ["websocket", "polling"],
				tryAllTransports: true,
				withCredentials: true,
			});
			current = socket;
			const end = (problem: Problem | null) => {
				if (current !== socket) return;
				close();
				listener.onClose(problem);
			};
			socket.onAny((name: string, body: unknown) => {
				listener.onEvent({ name, body } as ServerEvent);
			});
			socket.on("disconnect", () => end(null));
			socket.on("connect_error", (error: Error & { data?: unknown }) => {
				end(isProblem(error.data) ? error.data : null);
			});
		},
		close,
		async call(name, ask) {
			const socket = current;
			if (!socket?.connected) throw toOfflineError("not connected");
			let ack: Ack<object>;
			try {
				ack = await socket.timeout(ACK_MS).emitWithAck(name, ask);
			} catch (error) {
				throw toOfflineError(error);
			}
			if (!ack.ok) throw toApiError(ack.error);
			return ack as unknown as ClientCalls[typeof name]["answer"];
		},
		tell(name, body) {
			if (current?.connected) current.volatile.emit(name, body);
		},
	};
}

function isProblem(data: unknown): data is Problem {
	return typeof data === "object" && data !== null && "code" in data && "status" in data;
}
