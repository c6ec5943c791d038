'use strict';
// Durable sends a second with the usual Node drivers, doing what our store does for each: the
// sender is a member of an open chat, a repeated client id finds its first message, the message
// takes the next place, the chat's counters move, the row is read back.
//   node store.js VARIANT WRITERS CHATS SECONDS       VARIANT: sqlite | sqlite-group | pg
// sqlite: better-sqlite3, WAL, synchronous FULL, one transaction for each message.
// sqlite-group: the messages of one turn of the event loop share a transaction.
// pg: node-postgres, named statements, a transaction for each message on a pool of 16.
// DB (a file) or PG_URL says where. Prints one JSON object.
const { randomBytes } = require('node:crypto');

const [variant, writers, chats, seconds] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const BODY = 'x'.repeat(200);
const WARM_UP_MS = 500;

const TABLES = `
  CREATE TABLE chat(id BLOB PRIMARY KEY, last_seq BIGINT NOT NULL, last_n BIGINT NOT NULL,
    rev BIGINT NOT NULL, last_at BIGINT NOT NULL, closed_at BIGINT);
  CREATE TABLE member(chat_id BLOB NOT NULL, account_id BLOB NOT NULL, read_seq BIGINT NOT NULL,
    left_at BIGINT, PRIMARY KEY(chat_id, account_id));
  CREATE TABLE message(chat_id BLOB NOT NULL, seq BIGINT NOT NULL, n BIGINT NOT NULL,
    rev BIGINT NOT NULL, sender_id BLOB NOT NULL, client_id TEXT NOT NULL, body TEXT NOT NULL,
    created_at BIGINT NOT NULL, UNIQUE(chat_id, seq), UNIQUE(chat_id, sender_id, client_id));`;
const SEND = [
  `INSERT INTO message(chat_id, seq, n, rev, sender_id, client_id, body, created_at)
   SELECT c.id, c.last_seq + 1, c.last_n + 1, c.rev + 1, m.account_id, $3, $4, $5
   FROM chat c JOIN member m ON m.chat_id = c.id
   WHERE c.id = $1 AND c.closed_at IS NULL AND m.account_id = $2 AND m.left_at IS NULL
   ON CONFLICT(chat_id, sender_id, client_id) DO NOTHING`,
  `UPDATE chat SET last_seq = last_seq + 1, last_n = last_n + 1, rev = rev + 1, last_at = $2
   WHERE id = $1`,
  `UPDATE member SET read_seq = (SELECT last_seq FROM chat WHERE id = $1)
   WHERE chat_id = $1 AND account_id = $2`,
  'SELECT seq, n, rev, body, created_at FROM message WHERE chat_id = $1 AND sender_id = $2 AND client_id = $3',
];

// What a Node program sends to one of these chats.
const places = Array.from({ length: chats }, () => ({ chat: randomBytes(16), members: [randomBytes(16), randomBytes(16)] }));

function sqlite(grouped) {
  const Database = require('better-sqlite3');
  const db = new Database(process.env.DB || 'peer-store.db');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('cache_size = -65536');
  db.exec(TABLES);
  const addChat = db.prepare('INSERT INTO chat VALUES(?, 0, 0, 0, 0, NULL)');
  const addMember = db.prepare('INSERT INTO member VALUES(?, ?, 0, NULL)');
  db.transaction(() => {
    for (const { chat, members } of places) {
      addChat.run(chat);
      for (const member of members) addMember.run(chat, member);
    }
  })();
  // A value that is used twice is bound twice: this driver counts places.
  const [insert, count, mark, find] = SEND.map((text) => {
    const order = [...text.matchAll(/\$(\d)/g)].map((found) => found[1] - 1);
    const statement = db.prepare(text.replace(/\$\d/g, '?'));
    const method = statement.reader ? 'get' : 'run';
    return (...values) => statement[method](...order.map((at) => values[at]));
  });
  const one = (m) => {
    const at = Date.now();
    if (insert(m.chat, m.sender, m.id, BODY, at).changes === 1) {
      count(m.chat, at);
      mark(m.chat, m.sender);
    }
    return find(m.chat, m.sender, m.id);
  };
  const alone = db.transaction(one);
  if (!grouped) return async (m) => alone(m);
  const all = db.transaction((waiting) => waiting.map((w) => one(w.m)));
  let waiting = null;
  return (m) => new Promise((resolve, reject) => {
    if (!waiting) {
      waiting = [];
      setImmediate(() => {
        const group = waiting;
        waiting = null;
        try {
          const rows = all(group);
          group.forEach((w, index) => w.resolve(rows[index]));
        } catch (error) {
          group.forEach((w) => w.reject(error));
        }
      });
    }
    waiting.push({ m, resolve, reject });
  });
}

async function postgres() {
  const { Pool } = require('pg');
  const fresh = new Pool({ connectionString: process.env.PG_URL, max: 1 });
  await fresh.query('DROP SCHEMA IF EXISTS peer CASCADE; CREATE SCHEMA peer');
  await fresh.end();
  const used = new Pool({ connectionString: process.env.PG_URL, max: 16, options: '-c search_path=peer' });
  await used.query(TABLES.replace(/BLOB/g, 'BYTEA'));
  for (const { chat, members } of places) {
    await used.query({ name: 'chat', text: 'INSERT INTO chat VALUES($1, 0, 0, 0, 0, NULL)', values: [chat] });
    for (const member of members) await used.query({ name: 'member', text: 'INSERT INTO member VALUES($1, $2, 0, NULL)', values: [chat, member] });
  }
  return async (m) => {
    const client = await used.connect();
    const run = (step, values) => client.query({ name: `s${step}`, text: SEND[step], values });
    try {
      const at = Date.now();
      await client.query('BEGIN');
      await client.query({ name: 'lock', text: 'SELECT 1 FROM chat WHERE id = $1 FOR UPDATE', values: [m.chat] });
      if ((await run(0, [m.chat, m.sender, m.id, BODY, at])).rowCount === 1) {
        await run(1, [m.chat, at]);
        await run(2, [m.chat, m.sender]);
      }
      const found = await run(3, [m.chat, m.sender, m.id]);
      await client.query('COMMIT');
      return found.rows[0];
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  };
}

async function main() {
  const send = variant === 'pg' ? await postgres() : sqlite(variant === 'sqlite-group');
  const from = performance.now() + WARM_UP_MS;
  const until = from + seconds * 1000;
  const took = [];
  let next = 0;
  const writer = async () => {
    for (;;) {
      const number = next++;
      const place = places[number % chats];
      const sender = place.members[Math.floor(number / chats) % 2];
      const began = performance.now();
      // A driver that answers within the turn would keep the others out.
      if (variant === 'sqlite') await new Promise(setImmediate);
      const row = await send({ chat: place.chat, sender, id: `client-${String(number).padStart(16, '0')}` });
      if (!row) throw new Error('a send left no row');
      const now = performance.now();
      if (now >= until) return;
      if (began >= from) took.push(now - began);
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  took.sort((a, b) => a - b);
  const at = (part) => Math.round(took[Math.floor((took.length * part) / 100)] * 1000);
  console.log(JSON.stringify({ per_second: took.length / seconds, p50_us: at(50), p99_us: at(99) }));
  process.exit(0);
}
main();
