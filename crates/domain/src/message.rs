//! Messages: sending, editing, deleting, paging, catching up.
//!
//! Owns `message`. Order within a chat is `seq`, never the clock: two nodes
//! may disagree on the time, but not on who moved the chat's counter. Every
//! write locks the chat's row first, so the order of commits is the order of
//! `seq` and of `rev`. Refuses to write in a chat that is closed or not the
//! caller's, by a guard inside the write. Delivery is not here: this module
//! only says what happened (see `event`).

mod text;

use std::sync::Arc;

use sql::{Append, Appended, Batch, Row, Sql, Step, args};

use crate::chat::{self, Member};
use crate::{AccountId, App, Caller, ChatId, Error, Event, Kind, Result};

pub use text::{Body, MAX_BODY_CHARS, MAX_CLIENT_ID_BYTES, New};

/// A message, or the tombstone of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The chat it stands in.
    pub chat: ChatId,
    /// Its place: dense, from 1.
    pub seq: i64,
    /// The number of countable messages up to here.
    pub n: i64,
    /// The chat's revision at this row's last change.
    pub rev: i64,
    /// Who sent it.
    pub sender: AccountId,
    /// The sender's own id for it.
    pub client_id: String,
    /// `text`, or a kind of system message.
    pub kind: String,
    /// The text; empty once deleted.
    pub body: String,
    /// The message it answers.
    pub reply_to_seq: Option<i64>,
    /// When it was last edited.
    pub edited_at: Option<i64>,
    /// When it was deleted for everyone.
    pub deleted_at: Option<i64>,
    /// When it was stored.
    pub created_at: i64,
}

/// What became of a send.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The message, as it is now.
    pub message: Arc<Message>,
    /// An earlier send with the same client id made it.
    pub repeated: bool,
}

/// Which part of the history to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The newest.
    End,
    /// The newest below this place.
    Before(i64),
    /// The oldest above this place.
    After(i64),
    /// This place and its neighbours.
    Around(i64),
}

/// A part of the history, newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// Tombstones included, so that no place is missing.
    pub messages: Vec<Message>,
    /// There is more in the direction asked for.
    pub has_more: bool,
}

/// What a client holds of a chat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Every change up to here.
    pub rev: i64,
    /// Every message up to here.
    pub seq: i64,
}

/// How much a catch-up may carry.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// All that is new, when it is at most this.
    pub all_upto: i64,
    /// Otherwise only so many of the newest.
    pub newest: i64,
}

/// What changed in a chat since a point.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Rows new or changed, ascending by place.
    pub messages: Vec<Message>,
    /// Rows were left out: what the client held of this chat may be stale.
    pub limited: bool,
}

/// Rows of a catch-up at most, new and changed each.
pub const MAX_CHANGES: i64 = 100;

/// Sends `new` to the chat. Repeating a `client_id` returns the first message,
/// for ever; with another content it is a conflict.
pub async fn send(app: &App, caller: &Caller, chat: ChatId, new: New) -> Result<Sent> {
    let hash = new.hash();
    let (body, now) = (new.body.into_text(), app.clock.now_ms());
    let row = args![chat, caller.account, new.client_id, now, hash, body, new.reply_to_seq];
    let Appended { row, is_new } = app.db.append(&SEND, row).await?;
    let Some(mut row) = row else {
        return Err(why_refused(app, caller, chat, new.reply_to_seq).await);
    };
    if row.get::<[u8; 32]>(12)? != hash {
        return Err(Error::conflict(
            "message.client_id_reused",
            "This client_id was used for another message.",
        ));
    }
    let message = Arc::new(Message::read(&mut row, 0)?);
    if is_new {
        app.bus.publish(&Event::MessageSent(Arc::clone(&message)));
    }
    Ok(Sent { message, repeated: !is_new })
}

/// Gives one of the caller's own messages another body. The same body again
/// changes nothing.
pub async fn edit(app: &App, caller: &Caller, at: (ChatId, i64), body: Body) -> Result<Message> {
    let (chat, seq) = at;
    let member = chat::member(app, caller, chat).await?;
    let mut batch = Batch::new();
    chat::lock(&mut batch, chat);
    let now = app.clock.now_ms();
    let body = body.into_text();
    let edited = batch.run(&EDIT, args![chat, seq, caller.account, &body, now]);
    let (changed, message) = finish(app, batch, edited, (chat, seq)).await?;
    let message = demand_own(&member, message)?;
    if changed {
        app.bus.publish(&Event::MessageEdited(Arc::new(message.clone())));
    } else if message.deleted_at.is_some() {
        return Err(Error::conflict("message.deleted", "This message was deleted."));
    } else {
        chat::member(app, caller, chat).await?.demand_open()?;
        if message.body != body {
            return Err(chat::changing());
        }
    }
    Ok(message)
}

/// Deletes one of the caller's own messages for everyone, and answers what is
/// left of it. What was deleted already stays so.
pub async fn delete(app: &App, caller: &Caller, at: (ChatId, i64)) -> Result<Message> {
    let (chat, seq) = at;
    let member = chat::member(app, caller, chat).await?;
    let mut batch = Batch::new();
    chat::lock(&mut batch, chat);
    let deleted = batch.run(&DELETE, args![chat, seq, caller.account, app.clock.now_ms()]);
    let (changed, message) = finish(app, batch, deleted, (chat, seq)).await?;
    let message = demand_own(&member, message)?;
    if changed {
        app.bus.publish(&Event::MessageDeleted(Arc::new(message.clone())));
    } else if message.deleted_at.is_none() {
        chat::member(app, caller, chat).await?.demand_open()?;
        return Err(chat::changing());
    }
    Ok(message)
}

/// A part of the history. Places are dense, so a page is a range of them and
/// no row, deleted or hidden, can end the paging early.
pub async fn page(app: &App, member: &Member, part: Part, limit: i64) -> Result<Page> {
    let (floor, top) = (member.floor_seq, member.upto_seq);
    let (low, high) = match part {
        Part::End => (top.saturating_sub(limit - 1), top),
        Part::Before(seq) => {
            let high = top.min(seq.saturating_sub(1));
            (high.saturating_sub(limit - 1), high)
        }
        Part::After(seq) => {
            let low = seq.max(floor).saturating_add(1);
            (low, low.saturating_add(limit - 1))
        }
        Part::Around(seq) => {
            let low = seq.min(top).saturating_sub(limit / 2).max(floor + 1);
            (low, low.saturating_add(limit - 1))
        }
    };
    let (low, high) = (low.max(floor + 1), high.min(top));
    let has_more = if let Part::After(_) = part { high < top } else { low > floor + 1 };
    let mut messages = range(app, member, low, high).await?;
    messages.reverse();
    Ok(Page { messages, has_more })
}

/// What is new or changed in the chat since `held`, or the newest part of it.
pub async fn changes(app: &App, member: &Member, held: Held, budget: Budget) -> Result<Changes> {
    let held_seq = held.seq.max(member.floor_seq);
    let mut low = held_seq.saturating_add(1);
    let mut limited = false;
    if member.upto_seq.saturating_sub(held_seq) > budget.all_upto {
        low = member.upto_seq - budget.newest + 1;
        limited = true;
    }
    let args = args![member.chat, held.rev, member.floor_seq, held_seq, MAX_CHANGES + 1];
    let mut messages = read_all(member, app.db.rows(&CHANGED, args).await?)?;
    if i64::try_from(messages.len()).unwrap_or(i64::MAX) > MAX_CHANGES {
        messages.clear();
        limited = true;
    }
    messages.extend(range(app, member, low, member.upto_seq).await?);
    Ok(Changes { messages, limited })
}

impl Message {
    /// Takes the columns of [`message_columns`], the first at `at`, out of the row.
    pub(crate) fn read(row: &mut Row, at: usize) -> Result<Self> {
        Ok(Self {
            chat: row.get(at)?,
            seq: row.get(at + 1)?,
            n: row.get(at + 2)?,
            rev: row.get(at + 3)?,
            sender: row.get(at + 4)?,
            client_id: row.take(at + 5)?,
            kind: row.take(at + 6)?,
            body: row.take(at + 7)?,
            reply_to_seq: row.get(at + 8)?,
            edited_at: row.get(at + 9)?,
            deleted_at: row.get(at + 10)?,
            created_at: row.get(at + 11)?,
        })
    }
}

async fn range(app: &App, member: &Member, low: i64, high: i64) -> Result<Vec<Message>> {
    if low > high {
        return Ok(Vec::new());
    }
    read_all(member, app.db.rows(&RANGE, args![member.chat, low, high]).await?)
}

/// A row that changed after its reader left shows as deleted: what it was
/// when they left is no longer known, and what it is now is not theirs.
fn read_all(member: &Member, mut rows: Vec<Row>) -> Result<Vec<Message>> {
    let mut messages = Vec::with_capacity(rows.len());
    for row in &mut rows {
        messages.push(Message::read(row, 0)?);
    }
    if let Some(upto) = member.upto_rev {
        for message in messages.iter_mut().filter(|message| message.rev > upto) {
            message.body = String::new();
            message.deleted_at = message.deleted_at.or(Some(message.created_at));
        }
    }
    Ok(messages)
}

/// Moves the chat's revision if the row took it, and reads the row.
async fn finish(
    app: &App,
    mut batch: Batch,
    statement: usize,
    at: (ChatId, i64),
) -> Result<(bool, Option<Message>)> {
    chat::bump(&mut batch, at);
    let found = batch.run(&BY_SEQ, args![at.0, at.1]);
    let mut rows = app.db.write(batch).await?;
    let message = rows[found].first_mut().map(|row| Message::read(row, 0)).transpose()?;
    Ok((!rows[statement].is_empty(), message))
}

/// Only a visible message can be told apart from an absent one.
fn demand_own(member: &Member, message: Option<Message>) -> Result<Message> {
    let message = message.filter(|message| message.seq > member.floor_seq);
    let message = message.ok_or_else(|| Error::not_found("message.not_found"))?;
    if message.sender == member.account {
        return Ok(message);
    }
    Err(Error::new(Kind::Forbidden, "message.not_yours", "Only its sender can change a message."))
}

async fn why_refused(app: &App, caller: &Caller, chat: ChatId, reply_to: Option<i64>) -> Error {
    match chat::member(app, caller, chat).await.and_then(|member| member.demand_open()) {
        Err(error) => error,
        // The chat is open and the caller's: then only the reply is in doubt,
        // or the chat was opened again this instant and a retry will do.
        Ok(()) if reply_to.is_some() => Error::bad_input(
            "reply_to_seq",
            "message.reply_not_found",
            "There is no such message to reply to.",
        ),
        Ok(()) => chat::changing(),
    }
}

pub(crate) const STATEMENTS: &[&Sql] =
    &[&APPEND, &EDIT, &DELETE, &BY_CLIENT_ID, &BY_SEQ, &RANGE, &CHANGED];

/// Flow of a send: the chat's row is locked, the guards are looked at under
/// the lock, the row takes the next place. Columns: chat, sender, client id,
/// time, hash, body, reply.
pub(crate) static SEND: Append = Append {
    lock: chat::LOCK_STEP,
    add: Step { one: &APPEND, many: APPEND_MANY, columns: &[0, 1, 2, 3, 4, 5, 6] },
    then: &[chat::COUNT_STEP, chat::MARK_STEP],
    find: Step { one: &BY_CLIENT_ID, many: BY_CLIENT_ID_MANY, columns: &[0, 1, 2] },
};

macro_rules! message_columns {
    () => {
        "chat_id, seq, n, rev, sender_id, client_id, kind, body, reply_to_seq,
         edited_at, deleted_at, created_at, sent_hash "
    };
}

static APPEND: Sql = Sql::new(concat!(
    "insert into message (chat_id, seq, n, rev, sender_id, client_id, sent_hash, kind, body,
                          reply_to_seq, changed, created_at)
     select c.id, c.last_seq + 1, c.last_n + 1, c.rev + 1, m.account_id, $3, $5, 'text', $6,
            $7, false, $4
     from chat c join member m on m.chat_id = c.id
     where c.id = $1 and c.closed_at is null and m.account_id = $2 and m.left_at is null
       and (cast($7 as bigint) is null
            or exists (select 1 from message r
                       where r.chat_id = c.id and r.seq = $7 and r.seq > m.joined_seq))
     on conflict (chat_id, sender_id, client_id) do nothing
     returning ",
    message_columns!()
));

// The same for a group of sends. A reply to a message of the same group finds
// nothing and is told so, as if it had come first.
const APPEND_MANY: &str = "with request as (
        select * from unnest($1::bytea[], $2::bytea[], $3::text[], $4::bigint[], $5::bytea[],
                             $6::text[], $7::bigint[])
            with ordinality as r (chat_id, sender_id, client_id, at, hash, body, reply, ord)
     ), fresh as (
        select distinct on (r.chat_id, r.sender_id, r.client_id) r.*,
               c.last_seq, c.last_n, c.rev
        from request r
        join chat c on c.id = r.chat_id and c.closed_at is null
        join member m on m.chat_id = r.chat_id and m.account_id = r.sender_id
                     and m.left_at is null
        where not exists (select 1 from message p where p.chat_id = r.chat_id
                            and p.sender_id = r.sender_id and p.client_id = r.client_id)
          and (r.reply is null
               or exists (select 1 from message p where p.chat_id = r.chat_id
                            and p.seq = r.reply and p.seq > m.joined_seq))
        order by r.chat_id, r.sender_id, r.client_id, r.ord
     ), placed as (
        select *, row_number() over (partition by chat_id order by ord) as nth from fresh
     ), added as (
        insert into message (chat_id, seq, n, rev, sender_id, client_id, sent_hash, kind, body,
                             reply_to_seq, changed, created_at)
        select chat_id, last_seq + nth, last_n + nth, rev + nth, sender_id, client_id, hash,
               'text', body, reply, false, at
        from placed
     )
     select ord, chat_id, last_seq + nth, last_n + nth, rev + nth, sender_id, client_id, 'text',
            body, reply, cast(null as bigint), cast(null as bigint), at, hash
     from placed";

static EDIT: Sql = Sql::new(
    "update message
     set body = $4, edited_at = $5, changed = true,
         rev = (select c.rev + 1 from chat c where c.id = $1)
     where chat_id = $1 and seq = $2 and sender_id = $3 and kind = 'text'
       and deleted_at is null and body <> $4
       and exists (select 1 from chat c join member m on m.chat_id = c.id
                   where c.id = $1 and c.closed_at is null
                     and m.account_id = $3 and m.left_at is null)
     returning seq",
);

static DELETE: Sql = Sql::new(
    "update message
     set body = '', attachments = null, reactions = null, deleted_at = $4, changed = true,
         rev = (select c.rev + 1 from chat c where c.id = $1)
     where chat_id = $1 and seq = $2 and sender_id = $3 and kind = 'text'
       and deleted_at is null
       and exists (select 1 from chat c join member m on m.chat_id = c.id
                   where c.id = $1 and c.closed_at is null
                     and m.account_id = $3 and m.left_at is null)
     returning seq",
);

static BY_CLIENT_ID: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message where chat_id = $1 and sender_id = $2 and client_id = $3"
));

const BY_CLIENT_ID_MANY: &str =
    "select r.ord, m.chat_id, m.seq, m.n, m.rev, m.sender_id, m.client_id, m.kind, m.body,
            m.reply_to_seq, m.edited_at, m.deleted_at, m.created_at, m.sent_hash
     from unnest($1::bytea[], $2::bytea[], $3::text[])
         with ordinality as r (chat_id, sender_id, client_id, ord)
     join message m on m.chat_id = r.chat_id and m.sender_id = r.sender_id
       and m.client_id = r.client_id";

static BY_SEQ: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message where chat_id = $1 and seq = $2"
));

static RANGE: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message where chat_id = $1 and seq between $2 and $3 order by seq"
));

static CHANGED: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message where chat_id = $1 and changed and rev > $2 and seq > $3 and seq <= $4
     order by seq limit $5"
));
