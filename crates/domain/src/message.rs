//! Messages: sending, editing, deleting, paging, catching up.
//!
//! Owns `message`. Order within a chat is `seq`, never the clock: two nodes
//! may disagree on the time, but not on who moved the chat's counter. Every
//! write locks the chat's row first, so the order of commits is the order of
//! `seq` and of `rev`. Refuses to write in a chat that is closed or not the
//! caller's, by a guard inside the write. Delivery is not here: this module
//! only says what happened (see `event`).

/// The columns of a message, without the chat's id, which whoever asks knows.
macro_rules! message_columns {
    () => {
        "seq, n, rev, sender_id, client_id, kind, body, reply_to_seq, reactions, edited_rev,
         edited_at, deleted_at, created_at "
    };
}
pub(crate) use message_columns;

mod append;
mod history;
mod text;

use std::sync::Arc;

use sql::{Appended, Batch, Row, Sql, args};

use crate::chat::{self, Member};
use crate::reaction::{self, Reaction};
use crate::{AccountId, App, Caller, ChatId, Error, Event, Kind, Result};

pub(crate) use history::as_seen;
pub use history::{Budget, Changes, Held, MAX_CHANGES, Page, Part, changes, page};
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
    /// What it was answered with, in the order of their first use.
    pub reactions: Vec<Reaction>,
    /// The chat's revision at its last edit.
    pub edited_rev: Option<i64>,
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

/// Sends `new` to the chat. Repeating a `client_id` returns the first message,
/// for ever; with another content it is a conflict.
pub async fn send(app: &App, caller: &Caller, chat: ChatId, new: New) -> Result<Sent> {
    let (hash, now) = (new.hash(), app.clock.now_ms());
    let row =
        args![chat, caller.account, &new.client_id, now, hash, new.body.text(), new.reply_to_seq];
    let (message, repeated) = match app.db.append(&append::SEND, row).await? {
        Appended::New(place) => (Message::placed(new, (chat, caller), &place, now)?, false),
        Appended::Found(mut row) if row.get::<[u8; 32]>(13)? == hash => {
            (Message::read(chat, &mut row, 0)?, true)
        }
        Appended::Found(_) => {
            return Err(Error::conflict(
                "message.client_id_reused",
                "This client_id was used for another message.",
            ));
        }
        Appended::Refused => return Err(why_refused(app, caller, chat, new.reply_to_seq).await),
    };
    let message = Arc::new(message);
    tell(app, Arc::clone(&message));
    Ok(Sent { message, repeated })
}

/// Another body for a message.
#[derive(Debug)]
pub struct Edit {
    /// What it says from now on.
    pub body: Body,
    /// The message's rev as its writer saw it. Without it the edit has the
    /// last word.
    pub seen_rev: Option<i64>,
}

/// Gives one of the caller's own messages another body. The same body again
/// changes nothing, and a message that is not as the writer saw it is left so:
/// thus an edit may be repeated, at once or much later, without harm.
pub async fn edit(app: &App, caller: &Caller, at: (ChatId, i64), edit: Edit) -> Result<Message> {
    let (chat, seq) = at;
    let member = chat::member(app, caller, chat).await?;
    let mut batch = Batch::new();
    chat::lock(&mut batch, chat);
    let now = app.clock.now_ms();
    let body = edit.body.into_text();
    let edited = batch.run(&EDIT, args![chat, seq, caller.account, &body, now, edit.seen_rev]);
    let (changed, message) = finish(app, batch, edited, (chat, seq)).await?;
    let message = demand_own(&member, message)?;
    if message.deleted_at.is_some() {
        return Err(Error::conflict("message.deleted", "This message was deleted."));
    }
    if !changed {
        chat::member(app, caller, chat).await?.demand_open()?;
        if message.body != body {
            let is_late = edit.seen_rev.is_some_and(|seen| message.edited_rev > Some(seen));
            return Err(if is_late { changed_since() } else { chat::changing() });
        }
    }
    tell(app, Arc::new(message.clone()));
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
    reaction::clear(&mut batch, at);
    let (changed, message) = finish(app, batch, deleted, (chat, seq)).await?;
    let message = demand_own(&member, message)?;
    if !changed && message.deleted_at.is_none() {
        chat::member(app, caller, chat).await?.demand_open()?;
        return Err(chat::changing());
    }
    tell(app, Arc::new(message.clone()));
    Ok(message)
}

/// Tells of the message's last change, also when an earlier try has made it:
/// that one's answer may have been lost before anybody was told. Who has heard
/// of a rev is not told of it again (see the hub).
fn tell(app: &App, message: Arc<Message>) {
    app.search.note(message.chat);
    app.bus.publish(&match (message.deleted_at, message.edited_at) {
        (Some(_), _) => Event::MessageDeleted(message),
        (None, Some(_)) => Event::MessageEdited(message),
        (None, None) if !message.reactions.is_empty() => Event::MessageReacted(message),
        (None, None) => Event::MessageSent(message),
    });
}

impl Message {
    /// What was sent at `now`, at the place that the store has given it.
    fn placed(new: New, (chat, caller): (ChatId, &Caller), place: &Row, now: i64) -> Result<Self> {
        Ok(Self {
            chat,
            seq: place.get(0)?,
            n: place.get(1)?,
            rev: place.get(2)?,
            sender: caller.account,
            client_id: new.client_id,
            kind: "text".to_owned(),
            body: new.body.into_text(),
            reply_to_seq: new.reply_to_seq,
            reactions: Vec::new(),
            edited_rev: None,
            edited_at: None,
            deleted_at: None,
            created_at: now,
        })
    }

    /// Takes the columns of [`message_columns`], the first at `at`, out of the row.
    pub(crate) fn read(chat: ChatId, row: &mut Row, at: usize) -> Result<Self> {
        Ok(Self {
            chat,
            seq: row.get(at)?,
            n: row.get(at + 1)?,
            rev: row.get(at + 2)?,
            sender: row.get(at + 3)?,
            client_id: row.take(at + 4)?,
            kind: row.take(at + 5)?,
            body: row.take(at + 6)?,
            reply_to_seq: row.get(at + 7)?,
            reactions: reaction::read(row.get(at + 8)?)?,
            edited_rev: row.get(at + 9)?,
            edited_at: row.get(at + 10)?,
            deleted_at: row.get(at + 11)?,
            created_at: row.get(at + 12)?,
        })
    }
}

/// Sums up the message's reactions, where they have changed, as a change of the
/// message. Answers where the row of one that was changed stands.
pub(crate) fn sum_up(batch: &mut Batch, at: (ChatId, i64)) -> usize {
    batch.run(&SUM_UP, args![at.0, at.1])
}

/// Moves the chat's revision if the row took it. Answers where the row stands.
pub(crate) fn bump(batch: &mut Batch, at: (ChatId, i64)) -> usize {
    chat::bump(batch, at);
    batch.run(&BY_SEQ, args![at.0, at.1])
}

async fn finish(
    app: &App,
    mut batch: Batch,
    statement: usize,
    at: (ChatId, i64),
) -> Result<(bool, Option<Message>)> {
    let found = bump(&mut batch, at);
    let mut rows = app.db.write(batch).await?;
    let message = rows[found].first_mut().map(|row| Message::read(at.0, row, 0)).transpose()?;
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

fn changed_since() -> Error {
    Error::conflict("message.changed", "This message was changed by another device meanwhile.")
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

pub(crate) const STATEMENTS: &[&Sql] = &[
    &append::PLACE,
    &append::ADD,
    &append::FIND,
    &EDIT,
    &DELETE,
    &SUM_UP,
    &BY_SEQ,
    &history::NEWEST,
    &history::LIKELY,
    &history::RANGE,
    &history::CHANGED,
];

static EDIT: Sql = Sql::new(
    "update message
     set body = $4, edited_at = $5, changed = true,
         rev = (select c.rev + 1 from chat c where c.id = $1),
         edited_rev = (select c.rev + 1 from chat c where c.id = $1)
     where chat_id = $1 and seq = $2 and sender_id = $3 and kind = 'text'
       and deleted_at is null and body <> $4
       and (cast($6 as bigint) is null or coalesce(edited_rev, 0) <= $6)
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

macro_rules! sum_up {
    ($account:literal) => {
        concat!(
            "update message
             set reactions = ",
            reaction::summary!($account),
            ", changed = true, rev = (select c.rev + 1 from chat c where c.id = $1)
             where chat_id = $1 and seq = $2 and deleted_at is null
               and reactions is distinct from ",
            reaction::summary!($account),
            " returning seq"
        )
    };
}

// An id as text is spelled by a function that each engine has under another name.
static SUM_UP: Sql =
    Sql::per_engine(sum_up!("hex(g.account_id)"), sum_up!("encode(g.account_id, 'hex')"));

static BY_SEQ: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message where chat_id = $1 and seq = $2"
));
