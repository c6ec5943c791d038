// Starts the conformance example. CONFORMANCE names a built binary; without
// it cargo builds one.
import { spawn } from "node:child_process";
import { once } from "node:events";

export async function start(profile, ...more) {
  const built = process.env.CONFORMANCE;
  const [command, head] = built
    ? [built, []]
    : ["cargo", ["run", "-q", "-p", "socketio", "--example", "conformance", "--"]];
  const child = spawn(command, [...head, profile, "0", ...more], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  const port = Number(String(line).match(/:(\d+)\s*$/)[1]);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await once(child, "exit");
    },
  };
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
