// The official client, as browsers run it, over each transport.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Manager, io } from "socket.io-client";
import { sleep, start } from "./host.js";

let host;
before(async () => {
  host = await start("client");
});
after(() => host.stop());

const open = [];
function connect(path = "/", options = {}) {
  const socket = io(host.url + path, { forceNew: true, reconnection: false, ...options });
  open.push(socket);
  return socket;
}
after(() => open.forEach((socket) => socket.disconnect()));

const heard = (socket, event) => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));

const ways = [
  ["polling only", { transports: ["polling"] }],
  ["WebSocket only", { transports: ["websocket"] }],
  ["upgrade", { transports: ["polling", "websocket"] }],
];

for (const [name, options] of ways) {
  describe(name, () => {
    it("greets, answers and acknowledges", async () => {
      const socket = connect("/", options);
      await heard(socket, "connect");
      socket.emit("hi");
      await heard(socket, "hi");
      assert.deepEqual(await socket.timeout(5000).emitWithAck("echo", { a: [1, "é", null] }), { a: [1, "é", null] });
      assert.equal(await socket.emitWithAck("getId"), socket.id);
      assert.match(await socket.emitWithAck("getAckDate"), /^\d{4}-\d\d-\d\dT/);
    });

    it("asks the client and hears its answer", async () => {
      const socket = connect("/", options);
      await heard(socket, "connect");
      socket.on("ack", (answer) => answer(5, { test: true }));
      const done = heard(socket, "got it");
      socket.emit("ack");
      await done;
    });

    it("carries bytes both ways", async () => {
      const socket = connect("/", options);
      await heard(socket, "connect");
      const doge = heard(socket, "doge");
      socket.emit("doge");
      assert.equal(Buffer.from((await doge)[0]).toString(), "asdfasdf");
      const bytes = Buffer.from("asdfasdf");
      for (const [send, answer] of [
        [() => socket.emit("buffa", bytes), "buffack"],
        [() => socket.emit("jsonbuff", { hello: "lol", message: bytes, goodbye: "gotcha" }), "jsonbuff-ack"],
        [() => { socket.emit("abuff1", bytes); socket.emit("abuff2", bytes); }, "abuff2-ack"],
        [() => { socket.emit("blob1", bytes); socket.emit("blob2", "second"); socket.emit("blob3", bytes); }, "blob3-ack"],
      ]) {
        const answered = heard(socket, answer);
        send();
        await answered;
      }
      const back = heard(socket, "back");
      socket.emit("blob", bytes);
      assert.deepEqual(Buffer.from((await back)[0]), bytes);
      assert.deepEqual(Buffer.from(await socket.emitWithAck("echo", bytes)), bytes);
    });

    it("speaks all of Unicode", async () => {
      const socket = connect("/", options);
      await heard(socket, "connect");
      const texts = [];
      const all = new Promise((resolve) => socket.on("takeUtf8", (text) => texts.push(text) === 5 && resolve()));
      socket.emit("getUtf8");
      await all;
      assert.deepEqual(texts, ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"]);
    });

    it("shares a connection between namespaces and is refused where it must be", async () => {
      const manager = new Manager(host.url, { ...options, reconnection: false });
      const foo = manager.socket("/foo");
      const no = manager.socket("/no");
      const none = manager.socket("/nowhere");
      open.push(foo);
      const [[refusal], [unknown]] = await Promise.all([
        heard(no, "connect_error"), heard(none, "connect_error"), heard(foo, "connect"),
      ]);
      assert.equal(refusal.message, "Auth failed (custom namespace)");
      assert.equal(unknown.message, "Invalid namespace");
      assert.equal(await foo.emitWithAck("getId"), foo.id);
    });

    it("carries many large messages in order", async () => {
      const socket = connect("/", options);
      await heard(socket, "connect");
      const body = "x".repeat(30_000);
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, n) => socket.emitWithAck("echo", [n, body])),
      );
      assert.deepEqual(answers.map(([n]) => n), Array.from({ length: 60 }, (_, n) => n));
    });
  });
}

it("is refused by the main namespace with a reason", async () => {
  const socket = connect("/", { query: { fail: true } });
  const [error] = await heard(socket, "connect_error");
  assert.equal(error.message, "Auth failed (main namespace)");
});

it("sees its handshake", async () => {
  const socket = connect("/abc", { query: { b: "c d" }, auth: { token: "t" }, extraHeaders: { "x-test": "1" } });
  const [handshake] = await heard(socket, "handshake");
  assert.equal(handshake.query.b, "c d");
  assert.equal(handshake.auth.token, "t");
  assert.equal(handshake.headers["x-test"], "1");
  assert.equal(handshake.secure, false);
});

it("upgrades in the middle of traffic without losing or doubling anything", async () => {
  for (let round = 0; round < 10; round++) {
    const socket = connect("/", { transports: ["polling", "websocket"] });
    await heard(socket, "connect");
    const engine = socket.io.engine;
    const numbers = [];
    for (let n = 0; n < 100; n++) {
      numbers.push(socket.emitWithAck("echo", n));
      if (n % 10 === 0) await sleep(1);
    }
    assert.deepEqual(await Promise.all(numbers), Array.from({ length: 100 }, (_, n) => n));
    for (let n = 0; n < 100 && engine.transport.name !== "websocket"; n++) await sleep(20);
    assert.equal(engine.transport.name, "websocket");
    socket.disconnect();
  }
});

it("comes back after losing its connection in the middle of an upgrade", async () => {
  const socket = connect("/", {
    transports: ["polling", "websocket"], reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 50,
  });
  let opened = 0;
  let broken = 0;
  const breaks = () => {
    const engine = socket.io.engine;
    opened += 1;
    if (opened > 5) return;
    if (engine.upgrading || engine.transport.name === "polling") {
      broken += 1;
      setTimeout(() => engine.close(), opened - 1);
    }
  };
  socket.io.on("open", breaks);
  for (let n = 0; n < 250 && !(opened > 5 && socket.connected); n++) await sleep(20);
  assert.ok(broken > 0, "at least one was lost before it was upgraded");
  assert.equal(await socket.timeout(5000).emitWithAck("echo", "back"), "back");
});

it("stays through heartbeats", async () => {
  const socket = connect("/", { transports: ["websocket"] });
  await heard(socket, "connect");
  let pings = 0;
  socket.io.on("ping", () => pings++);
  await sleep(4500);
  assert.ok(pings >= 2 && socket.connected, `${pings} pings`);
});
