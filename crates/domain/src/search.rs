//! Searching in messages: in one chat or in all that the caller may read.
//!
//! Owns `search_place` and `message_word`. The index proposes and the row
//! decides: whatever the index holds of a message, its body as it is now is
//! judged by the same words on both engines. What the index has not reached yet
//! is read through. Refuses to look where the caller may not read; a send pays
//! nothing for any of it (see `follow`).

mod aside;
mod asked;
mod cursor;
mod follow;
mod index;
mod walk;
mod words;

use std::collections::HashMap;

use sql::{Batch, Each, Row, Sql, args};

use crate::chat::{self, Member};
use crate::message::Message;
use crate::{AccountId, App, Caller, ChatId, Result};

pub use cursor::Cursor;
pub use follow::{Due, follow, run};
pub use index::{Indexed, page, renew};
use walk::Walk;
pub use words::{MAX_CHARS, Words};

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// All of them are there.
    pub words: Words,
    /// Only in this chat.
    pub chat: Option<ChatId>,
    /// Only what they wrote.
    pub sender: Option<AccountId>,
    /// Only what was sent before, in Unix milliseconds.
    pub until: Option<i64>,
    /// Goes on where a page ended.
    pub before: Option<Cursor>,
    /// At most so many.
    pub limit: usize,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The newest first.
    pub messages: Vec<Message>,
    /// Where to go on; nothing at the end.
    pub next: Option<Cursor>,
    /// The index has not come far enough: what is here is right, and older
    /// messages may be missing.
    pub is_behind: bool,
}

/// All that the caller may read.
struct Ground {
    /// The number that was reached when the index was last thrown away.
    renewed: i64,
    fields: Vec<Field>,
}

/// A chat that the caller may read, and how far the index has come in it.
struct Field {
    member: Member,
    place: Place,
}

/// How far the index has come in a chat.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    number: i64,
    seq: i64,
    rev: i64,
    /// When the newest of its messages was sent, by the clock.
    newest_at: i64,
    /// By how much a message was sent after one that stands behind it, at most.
    disorder_ms: i64,
    /// 0 where no beginning stands for a crowd of words.
    crowds: i64,
}

/// The caller's messages that hold the words, the newest first.
///
/// # Errors
/// When the chat is not the caller's, or the page before was of another search.
pub async fn search(app: &App, caller: &Caller, ask: &Ask) -> Result<Found> {
    let _turn = app.search.turn().await;
    loop {
        let mut walk = Walk::new(ask, ground(app, caller, ask.chat).await?)?;
        walk.read_through(app).await?;
        if walk.look_up(app).await? && walk.holds(app).await? {
            return Ok(walk.found());
        }
    }
}

/// All is of one moment: what the index is said to have, it has.
async fn ground(app: &App, caller: &Caller, chat: Option<ChatId>) -> Result<Ground> {
    let mut batch = Batch::new();
    let renewed = batch.run(&PLACE, args![index::NOBODY]);
    let is_damaged = app.search.is_damaged();
    let place = |place: Option<&Row>| match place {
        Some(row) if !is_damaged => Place::read(row),
        _ => Ok(Place::default()),
    };
    let Some(chat) = chat else {
        let members = chat::ask_all(&mut batch, caller);
        let places = batch.run(&PLACES, args![caller.account]);
        let rows = app.db.read(batch).await?;
        let places = rows[places].iter().map(|row| Ok((row.get(6)?, row)));
        let places = places.collect::<Result<HashMap<ChatId, &Row>>>()?;
        let fields = rows[members].iter().map(|row| {
            let member = chat::proven_of_all(caller, row)?;
            let place = place(places.get(&member.chat).copied())?;
            Ok(Field { member, place })
        });
        let renewed = Place::number(rows[renewed].first())?;
        return Ok(Ground { renewed, fields: fields.collect::<Result<_>>()? });
    };
    let proof = chat::ask(&mut batch, caller, chat);
    let reached = batch.run(&PLACE, args![chat]);
    let rows = app.db.read(batch).await?;
    let member = chat::proven(caller, chat, rows[proof].first())?;
    let place = place(rows[reached].first())?;
    let renewed = Place::number(rows[renewed].first())?;
    Ok(Ground { renewed, fields: vec![Field { member, place }] })
}

impl Place {
    fn number(row: Option<&Row>) -> Result<i64> {
        Ok(row.map(|row| row.get(0)).transpose()?.unwrap_or_default())
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            seq: row.get(1)?,
            rev: row.get(2)?,
            newest_at: row.get(3)?,
            disorder_ms: row.get(4)?,
            crowds: row.get(5)?,
        })
    }
}

/// What is asked for many places at once.
pub(crate) static EACH: &[&Each] = &[&asked::TOP, &asked::PROPOSED];

pub(crate) const STATEMENTS: &[&Sql] = &[
    &PLACES,
    &PLACE,
    &asked::TAIL,
    &asked::CHANGED,
    &asked::TIMES,
    &asked::TOP.one,
    &asked::PROPOSED.one,
    &asked::PROBE,
    &index::REACHED,
    &index::NEW,
    &index::CHANGED,
    &index::BEGIN,
    &index::RAISE,
    &index::FORGET,
    &index::MOVE,
    &index::PUT,
    &index::DROP,
    &index::BEHIND,
];

static PLACES: Sql = Sql::new(
    "select p.number, p.seq, p.rev, p.newest_at, p.disorder_ms, p.crowds,
            p.chat_id
     from member m join search_place p on p.chat_id = m.chat_id
     where m.account_id = $1",
);

static PLACE: Sql = Sql::new(
    "select number, seq, rev, newest_at, disorder_ms, crowds from search_place where chat_id = $1",
);
