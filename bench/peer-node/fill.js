'use strict';
// Fills the peer's SQLite store: CHATS chats of one member each, MESSAGES messages spread over
// them one after the other, as in ours.   DB=file node fill.js CHATS MESSAGES
const Database = require('better-sqlite3');

const [chats, messages] = process.argv.slice(2).map(Number);
const db = new Database(process.env.DB || 'peer.db');
db.pragma('journal_mode = WAL');
db.exec(`CREATE TABLE members(chat_id TEXT, user_id TEXT, PRIMARY KEY(chat_id, user_id)) WITHOUT ROWID;
  CREATE TABLE messages(id INTEGER PRIMARY KEY, chat_id TEXT NOT NULL, sender TEXT NOT NULL, body TEXT NOT NULL, ts INTEGER NOT NULL);
  CREATE INDEX m_chat ON messages(chat_id, id);`);
const join = db.prepare('INSERT INTO members VALUES(?,?)');
const insert = db.prepare('INSERT INTO messages(chat_id,sender,body,ts) VALUES(?,?,?,?)');
const body = 'x'.repeat(200);
db.transaction(() => {
  for (let chat = 0; chat < chats; chat++) join.run(`room${chat}`, `u${chat}`);
  for (let n = 0; n < messages; n++) insert.run(`room${n % chats}`, `u${n % chats}`, body, Date.now());
})();
db.close();
