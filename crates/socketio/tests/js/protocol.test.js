// The ground of the protocol suites, from the protocol texts: the bytes of
// Engine.IO v4 on a bare endpoint and of Socket.IO v5 above it.
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import { sleep, start } from "./host.js";

// The suites' pulse of 300 ms, and one that a busy machine does not outlast:
// whatever is not about the heartbeat must not meet it by chance.
const SUITE = 300;
const SLOW = 6000;
const hosts = {};
let host;
before(async () => {
  for (const pulse of [SUITE, SLOW]) hosts[pulse] = await start("protocol", String(pulse));
  host = hosts[SLOW];
});
after(() => Promise.all(Object.values(hosts).map((one) => one.stop())));

/** Runs its tests with the suites' pulse. */
function quick(name, tests) {
  describe(name, () => {
    before(() => (host = hosts[SUITE]));
    after(() => (host = hosts[SLOW]));
    tests();
  });
}

class Client {
  constructor(path, query) {
    this.socket = new WebSocket(`${host.url.replace("http", "ws")}${path}?${query}`);
    this.messages = [];
    this.waiting = [];
    this.closed = new Promise((resolve) => this.socket.on("close", resolve));
    this.opened = new Promise((resolve) => this.socket.on("open", resolve));
    this.socket.on("error", () => {});
    this.socket.on("message", (data, isBinary) => {
      const message = isBinary ? data : String(data);
      const next = this.waiting.shift();
      next ? next(message) : this.messages.push(message);
    });
  }
  hear() {
    if (this.messages.length) return Promise.resolve(this.messages.shift());
    return new Promise((resolve) => this.waiting.push(resolve));
  }
  say(message) {
    this.socket.send(message);
  }
}

const request = (path, query, options) => fetch(`${host.url}${path}?${query}`, options);
const post = (path, sid, body) =>
  request(path, `EIO=4&transport=polling&sid=${sid}`, { method: "post", body });
const poll = (path, sid) => request(path, `EIO=4&transport=polling&sid=${sid}`);
const session = async (path) =>
  JSON.parse((await (await request(path, "EIO=4&transport=polling")).text()).slice(1)).sid;
const probing = async (path, sid) => {
  const client = new Client(path, `EIO=4&transport=websocket&sid=${sid}`);
  await client.opened;
  return client;
};

function checkOpen(text, upgrades) {
  assert.equal(text[0], "0");
  const { sid, ...rest } = JSON.parse(text.slice(1));
  assert.equal(typeof sid, "string");
  assert.deepEqual(rest, { upgrades, pingInterval: SUITE, pingTimeout: 200, maxPayload: 1000000 });
}

for (const path of ["/engine.io/", "/socket.io/"]) {
  quick(`Heartbeats at ${path}`, () => {
    it("opens a polling session", async () => {
      const answer = await request(path, "EIO=4&transport=polling");
      assert.equal(answer.status, 200);
      checkOpen(await answer.text(), ["websocket"]);
    });
    it("opens a WebSocket session", async () => {
      const client = new Client(path, "EIO=4&transport=websocket");
      checkOpen(await client.hear(), []);
      client.socket.close();
    });
    it("beats over polling", async () => {
      const sid = await session(path);
      for (let n = 0; n < 3; n++) {
        assert.equal(await (await poll(path, sid)).text(), "2");
        assert.equal((await post(path, sid, "3")).status, 200);
      }
    });
    it("ends a polling session that does not answer", async () => {
      const sid = await session(path);
      await sleep(SUITE + 200);
      assert.equal((await poll(path, sid)).status, 400);
    });
    it("beats over WebSocket and ends it in silence", async () => {
      const client = new Client(path, "EIO=4&transport=websocket");
      await client.hear();
      for (let n = 0; n < 2; n++) {
        assert.equal(await client.hear(), "2");
        client.say("3");
      }
      await client.closed;
    });
  });

  describe(`Engine.IO at ${path}`, () => {
    for (const query of ["transport=polling", "EIO=abc&transport=polling", "EIO=4", "EIO=4&transport=abc"]) {
      it(`refuses a handshake of ${query}`, async () => {
        assert.equal((await request(path, query)).status, 400);
        await new Client(path, query.replace("polling", "websocket")).closed;
      });
    }
    it("refuses a handshake by POST or PUT", async () => {
      for (const method of ["post", "put"]) {
        assert.equal((await request(path, "EIO=4&transport=polling", { method })).status, 400);
      }
    });
    it("closes a polling session on request", async () => {
      const sid = await session(path);
      const [polled] = await Promise.all([poll(path, sid), post(path, sid, "1")]);
      assert.equal(polled.status, 200);
      assert.equal(await polled.text(), "6");
      assert.equal((await poll(path, sid)).status, 400);
    });
    it("closes a WebSocket on request, and on nonsense", async () => {
      for (const last of ["1", "abc"]) {
        const client = new Client(path, "EIO=4&transport=websocket");
        await client.hear();
        client.say(last);
        await client.closed;
      }
    });
    it("upgrades, and then ignores the old transport and a second WebSocket", async () => {
      const sid = await session(path);
      const client = await probing(path, sid);
      client.say("2probe");
      assert.equal(await client.hear(), "3probe");
      assert.equal(await (await poll(path, sid)).text(), "6");
      client.say("5");
      assert.equal((await poll(path, sid)).status, 400);
      await (await probing(path, sid)).closed;
      assert.equal(client.socket.readyState, WebSocket.OPEN);
    });
    it("upgrades a client that does not wait for the answer", async () => {
      const sid = await session(path);
      const client = await probing(path, sid);
      client.say("2probe");
      client.say("5");
      assert.equal((await poll(path, sid)).status, 400);
      const second = await probing(path, sid);
      await second.closed;
    });
  });
}

describe("Engine.IO messages", () => {
  const path = "/engine.io/";
  for (const body of ["4hello", "4test1\x1e4test2\x1e4test3", "4hello\x1ebAQIDBA=="]) {
    it(`polls ${JSON.stringify(body)}`, async () => {
      const sid = await session(path);
      const posted = await post(path, sid, body);
      assert.equal(posted.status, 200);
      assert.equal(await posted.text(), "ok");
      assert.equal(await (await poll(path, sid)).text(), body);
    });
  }
  it("ends a session that posts nonsense", async () => {
    const sid = await session(path);
    assert.equal((await post(path, sid, "abc")).status, 400);
    assert.equal((await poll(path, sid)).status, 400);
  });
  it("ends a session that polls twice", async () => {
    const sid = await session(path);
    const polls = await Promise.all([poll(path, sid), poll(path, `${sid}&t=again`)]);
    // They travel on connections of their own: either may come first.
    const [held, refused] = polls.sort((one, other) => one.status - other.status);
    assert.deepEqual([held.status, await held.text(), refused.status], [200, "1", 400]);
    assert.equal((await poll(path, sid)).status, 400);
  });
  it("ends a session whose poll is cancelled", async () => {
    const sid = await session(path);
    const given = http.get(`${host.url}${path}?EIO=4&transport=polling&sid=${sid}`);
    given.on("error", () => {});
    const [socket] = await once(given, "socket");
    await new Promise((sent) => socket.write("", sent));
    // Whoever connects later is answered later: then the poll is known.
    const [later] = await once(http.get(host.url, { agent: false }), "response");
    await once(later.resume(), "end");
    given.destroy();
    assert.equal((await poll(path, sid)).status, 400);
  });
  it("carries text and bytes over WebSocket", async () => {
    const client = new Client(path, "EIO=4&transport=websocket");
    await client.hear();
    client.say("4hello");
    assert.equal(await client.hear(), "4hello");
    client.say(Buffer.from([1, 2, 3, 4]));
    assert.deepEqual(await client.hear(), Buffer.from([1, 2, 3, 4]));
    client.socket.close();
  });
  it("carries what was said during the upgrade", async () => {
    const sid = await session(path);
    const client = await probing(path, sid);
    client.say("2probe");
    await client.hear();
    client.say("5");
    client.say("4hello");
    assert.equal(await client.hear(), "4hello");
    client.socket.close();
  });
});

describe("Socket.IO", () => {
  const bare = async () => {
    const client = new Client("/socket.io/", "EIO=4&transport=websocket");
    await client.hear();
    return client;
  };
  const joined = async () => {
    const client = await bare();
    client.say("40");
    await client.hear();
    await client.hear();
    return client;
  };
  for (const [say, start, auth] of [
    ["40", "40", '42["auth",{}]'],
    ['40{"token":"123"}', "40", '42["auth",{"token":"123"}]'],
    ["40/custom,", "40/custom,", '42/custom,["auth",{}]'],
    ['40/custom,{"token":"abc"}', "40/custom,", '42/custom,["auth",{"token":"abc"}]'],
  ]) {
    it(`joins with ${say}`, async () => {
      const client = await bare();
      client.say(say);
      const answer = await client.hear();
      assert.ok(answer.startsWith(start));
      assert.deepEqual(Object.keys(JSON.parse(answer.slice(start.length))), ["sid"]);
      assert.equal(await client.hear(), auth);
      client.socket.close();
    });
  }
  it("refuses an unknown namespace", async () => {
    const client = await bare();
    client.say("40/random");
    assert.equal(await client.hear(), '44/random,{"message":"Invalid namespace"}');
    client.socket.close();
  });
  quick("with heartbeats", () => {
    it("stays connected after leaving the main namespace", async () => {
      const client = await joined();
      client.say("41");
      assert.equal(await client.hear(), "2");
      client.socket.close();
    });
  });
  it("closes a connection that joins nothing", async () => {
    const client = await bare();
    client.socket.on("message", (data) => String(data) === "2" && client.say("3"));
    await client.closed;
  });
  it("leaves one namespace and stays in the other", async () => {
    const client = await joined();
    client.say("40/custom");
    await client.hear();
    await client.hear();
    client.say("41/custom");
    client.say('42["message","message to main namespace"]');
    assert.equal(await client.hear(), '42["message-back","message to main namespace"]');
    client.socket.close();
  });
  it("echoes events and acknowledges", async () => {
    const client = await joined();
    client.say('42["message",1,"2",{"3":[true]}]');
    assert.equal(await client.hear(), '42["message-back",1,"2",{"3":[true]}]');
    client.say('42456["message-with-ack",1,"2",{"3":[false]}]');
    assert.equal(await client.hear(), '43456[1,"2",{"3":[false]}]');
    client.socket.close();
  });
  const args = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
  for (const [say, hear] of [
    [`452-["message",${args}]`, `452-["message-back",${args}]`],
    [`452-789["message-with-ack",${args}]`, `462-789[${args}]`],
  ]) {
    it(`carries attachments of ${say.slice(0, 20)}`, async () => {
      const client = await joined();
      client.say(say);
      client.say(Buffer.from([1, 2, 3]));
      client.say(Buffer.from([4, 5, 6]));
      assert.equal(await client.hear(), hear);
      assert.deepEqual(await client.hear(), Buffer.from([1, 2, 3]));
      assert.deepEqual(await client.hear(), Buffer.from([4, 5, 6]));
      client.socket.close();
    });
  }
  for (const say of ["4abc", "42{}", '42abc["message-with-ack",1,"2",{"3":[false]}]']) {
    it(`closes on ${say}`, async () => {
      const client = await joined();
      client.say(say);
      await client.closed;
    });
  }
});
