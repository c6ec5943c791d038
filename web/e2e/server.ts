/**
 * The real binary on a free port with data of its own, as an operator runs it.
 * Can be killed and started again on the same data.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Mail = { to: string; subject: string; text: string; links: string[]; codes: string[] };

export type Server = {
	readonly url: string;
	/** Starts it on the same data and port, and waits until it is ready. */
	start(): Promise<void>;
	/** SIGKILL: nothing is flushed, nobody is told. */
	kill(): Promise<void>;
	/** Kills it and removes its data. */
	remove(): Promise<void>;
	/** The newest mail to that address; waits for it. */
	mail(to: string): Promise<Mail>;
	/** What it printed, for a test that failed. */
	log(): string;
};

const READY_MS = 20_000;

export async function startServer(): Promise<Server> {
	const binary = process.env.E2E_BINARY;
	if (!binary) throw new Error("E2E_BINARY names no binary; run `cargo xtask test`");
	const data = await mkdtemp(join(tmpdir(), "tidings-e2e-"));
	const port = await findFreePort();
	const url = `http://127.0.0.1:${port}`;
	let child: ChildProcess | null = null;
	let printed = "";

	async function start(): Promise<void> {
		// Many people sign up within seconds from one address; production limits
		// have tests of their own.
		const listen = ["--listen", `127.0.0.1:${port}`, "--data", data];
		child = spawn(binary as string, ["serve", "--dev", "--dev-no-limits", ...listen], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		const keep = (chunk: Buffer) => {
			printed = (printed + chunk.toString()).slice(-100_000);
		};
		child.stdout?.on("data", keep);
		child.stderr?.on("data", keep);
		await waitFor(async () => {
			if (child?.exitCode !== null) throw new Error(`tidings ended:\n${printed}`);
			return (await fetch(`${url}/readyz`).catch(() => null))?.ok ? true : null;
		}, "the server to be ready");
	}

	async function kill(): Promise<void> {
		const dying = child;
		child = null;
		if (!dying || dying.exitCode !== null) return;
		dying.kill("SIGKILL");
		await once(dying, "exit");
	}

	return {
		url,
		start,
		kill,
		async remove() {
			await kill();
			await rm(data, { recursive: true, force: true });
		},
		mail(to) {
			return waitFor(async () => {
				const answer = await fetch(`${url}/dev/mail/latest?to=${encodeURIComponent(to)}`);
				return answer.ok ? ((await answer.json()) as Mail) : null;
			}, `a mail to ${to}`);
		},
		log: () => printed,
	};
}

/** Asks again until there is an answer; a process of another kind sends no event to wait for. */
async function waitFor<T>(ask: () => Promise<T | null>, what: string): Promise<T> {
	const deadline = Date.now() + READY_MS;
	while (Date.now() < deadline) {
		const answer = await ask();
		if (answer !== null) return answer;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(`waited too long for ${what}`);
}

async function findFreePort(): Promise<number> {
	const probe = createServer().listen(0, "127.0.0.1");
	await once(probe, "listening");
	const address = probe.address();
	probe.close();
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}
