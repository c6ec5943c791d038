//! What of a chat is one member's alone: muted, pinned, put away, marked as
//! unread, hidden up to a place. It travels by the account's log, so nobody else
//! learns of it.
//!
//! A mark of unreadness is a place and no switch: it stands while nothing after
//! it was read. So whatever moves the read position takes it away, by reading
//! or by sending, in any order and without a write.
//!
//! What is hidden stays so. It waits for its reader no more, and is not read
//! either: their position moves as in a closed chat, for them alone.

use serde::Serialize;
use serde_json::json;
use sql::{Batch, Row, Sql, args};

use super::Receipt;
use crate::account::{self, Entry};
use crate::{App, Caller, ChatId, Error, Event, Result};

/// The last moment that a date of a client can name: a chat muted until then is
/// muted for ever.
pub const LAST_MOMENT: i64 = 8_640_000_000_000_000;

/// How often a change starts again after another one came between.
const TRIES: usize = 8;

/// What of a chat is one member's alone. Its JSON is the native spelling,
/// because the log of an account stores bodies ready to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mine {
    /// Grows with each change: of two the higher one is the later.
    pub version: i64,
    /// They hear nothing of it until then.
    pub muted_until: Option<i64>,
    /// They keep it on top.
    pub pinned: bool,
    /// They have put it away.
    pub archived: bool,
    /// Marked as unread while they have read no further than this.
    pub unread_seq: Option<i64>,
    /// Nothing up to here is theirs to see any more; it only grows.
    pub hidden_upto_seq: i64,
}

/// What to change; `None` leaves a field as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change {
    /// Muted until another moment, or not at all.
    pub muted_until: Option<Option<i64>>,
    /// Kept on top or not.
    pub pinned: Option<bool>,
    /// Put away or not.
    pub archived: Option<bool>,
    /// Marked as unread from another place, or not at all.
    pub unread_seq: Option<Option<i64>>,
    /// Hidden up to another place; one before the old place changes nothing.
    pub hidden_upto_seq: Option<i64>,
}

impl Change {
    fn check(&self) -> Result<()> {
        if self.muted_until.flatten().is_some_and(|until| !(0..=LAST_MOMENT).contains(&until)) {
            let detail = format!("A chat is muted until 0 to {LAST_MOMENT}.");
            return Err(Error::bad_input("muted_until", "mine.muted_until", detail));
        }
        if self.unread_seq.flatten().is_some_and(|seq| seq < 0) {
            return Err(Error::bad_input("unread_seq", "mine.unread_seq", "A place is 0 or more."));
        }
        if self.hidden_upto_seq.is_some_and(|seq| seq < 0) {
            let (field, code) = ("hidden_upto_seq", "mine.hidden_upto_seq");
            return Err(Error::bad_input(field, code, "A place is 0 or more."));
        }
        Ok(())
    }

    fn apply(&self, old: Mine, last_seq: i64) -> Mine {
        let unread_seq = self.unread_seq.map(|seq| seq.map(|seq| seq.min(last_seq)));
        let hidden = self.hidden_upto_seq.unwrap_or(0).min(last_seq);
        Mine {
            version: old.version,
            muted_until: self.muted_until.unwrap_or(old.muted_until),
            pinned: self.pinned.unwrap_or(old.pinned),
            archived: self.archived.unwrap_or(old.archived),
            unread_seq: unread_seq.unwrap_or(old.unread_seq),
            hidden_upto_seq: hidden.max(old.hidden_upto_seq),
        }
    }
}

/// Changes what of the chat is the caller's alone. Asking for what is there
/// already changes nothing. In a closed chat it works like in any other.
///
/// # Errors
/// When the chat is not the caller's, or a value is out of its bounds.
pub async fn set(app: &App, caller: &Caller, chat: ChatId, change: &Change) -> Result<Mine> {
    change.check()?;
    for _ in 0..TRIES {
        let row = app.db.row(&HELD, args![caller.account, chat]).await?;
        let row = row.ok_or_else(super::not_found)?;
        let old = read(&row, 0)?;
        let new = change.apply(old, row.get(6)?);
        if new == old {
            return Ok(old);
        }
        let new = Mine { version: old.version + 1, ..new };
        if write(app, caller, chat, &new).await? {
            return Ok(new);
        }
    }
    Err(super::changing())
}

/// Writes `new` over the version before it and says so; false when another
/// change came between.
async fn write(app: &App, caller: &Caller, chat: ChatId, new: &Mine) -> Result<bool> {
    let mut batch = Batch::new();
    let account = caller.account;
    let Mine { version, muted_until, pinned, archived, unread_seq, hidden_upto_seq } = *new;
    let held =
        args![account, chat, version, muted_until, pinned, archived, unread_seq, hidden_upto_seq];
    let guard_at = batch.demand(1, &WRITE, held);
    let read_at = batch.run(&super::READ_ALONE, args![chat, account, hidden_upto_seq]);
    let entry = Entry {
        account,
        kind: "mine.updated",
        source: format!("mine:{chat}:{version}"),
        body: json!({ "chat": chat, "mine": new }).to_string(),
    };
    let arev_at = account::record(&mut batch, &[entry], app.clock.now_ms())[0];
    let rows = match app.db.write(batch).await {
        Ok(rows) => rows,
        Err(sql::Error::Demand { statement, .. }) if statement == guard_at => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let arev = rows[arev_at][0].get(0)?;
    app.bus.publish(&Event::MineUpdated { account, arev, chat, mine: *new });
    if let Some(receipt) = Receipt::read(chat, account, &rows[read_at])? {
        app.bus.publish(&Event::OwnReadMoved(receipt));
    }
    Ok(true)
}

/// Reads [`mine_columns`] from the given one on.
pub(super) fn read(row: &Row, at: usize) -> Result<Mine> {
    Ok(Mine {
        version: row.get(at)?,
        muted_until: row.get(at + 1)?,
        pinned: row.get(at + 2)?,
        archived: row.get(at + 3)?,
        unread_seq: row.get(at + 4)?,
        hidden_upto_seq: row.get(at + 5)?,
    })
}

/// The columns of `account_chat k` that [`read`] reads; without a row, nothing
/// was ever chosen.
macro_rules! mine_columns {
    () => {
        "coalesce(k.version, 0), k.muted_until, coalesce(k.pinned, false),
         coalesce(k.archived, false), k.unread_seq, coalesce(k.hidden_upto_seq, 0)"
    };
}
pub(super) use mine_columns;

pub(super) static HELD: Sql = Sql::new(concat!(
    "select ",
    mine_columns!(),
    ", c.last_seq
     from member m
     join chat c on c.id = m.chat_id
     join account_chat k on k.account_id = m.account_id and k.chat_id = m.chat_id
     where m.account_id = $1 and m.chat_id = $2 and m.left_at is null"
));

pub(super) static WRITE: Sql = Sql::new(
    "update account_chat
     set version = $3, muted_until = $4, pinned = $5, archived = $6, unread_seq = $7,
         hidden_upto_seq = $8
     where account_id = $1 and chat_id = $2 and version + 1 = $3",
);
