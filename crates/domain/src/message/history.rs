//! Reading messages back: pages, and what changed since.
//!
//! Places are dense, so a page is a range of them and no row, deleted or
//! hidden, can end the paging early.

use sql::{Batch, Row, Sql, args};

use super::Message;
use crate::chat::{self, Member};
use crate::{App, Caller, ChatId, Result};

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

/// A part of the chat's history. Who asks is proven in the same reading, so
/// both are of one moment of the store and cost one wait, unless the part asked
/// for reaches beyond what the member may see.
pub async fn page(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    part: Part,
    limit: i64,
) -> Result<Page> {
    let mut batch = Batch::new();
    let proof = chat::ask(&mut batch, caller, chat);
    let likely = match part {
        Part::End => batch.run(&NEWEST, args![chat, caller.account, limit]),
        Part::Before(seq) => batch.run(
            &LIKELY,
            args![chat, caller.account, seq.saturating_sub(limit), seq.saturating_sub(1)],
        ),
        Part::After(seq) => batch.run(
            &LIKELY,
            args![chat, caller.account, seq.saturating_add(1), seq.saturating_add(limit)],
        ),
        Part::Around(seq) => {
            let low = seq.saturating_sub(limit / 2);
            batch.run(&LIKELY, args![chat, caller.account, low, low.saturating_add(limit - 1)])
        }
    };
    let mut rows = app.db.read(batch).await?;
    let member = chat::proven(caller, chat, rows[proof].first())?;
    let (low, high) = bounds(&member, part, limit);
    let has_more = match part {
        Part::After(_) => high < member.upto_seq,
        _ => low > member.floor_seq + 1,
    };
    let mut messages = read_all(&member, std::mem::take(&mut rows[likely]))?;
    messages.retain(|message| (low..=high).contains(&message.seq));
    // Only at an end of what the member may see is it another range.
    if i64::try_from(messages.len()).unwrap_or(i64::MAX) < high.saturating_sub(low) + 1 {
        messages = range(app, &member, low, high).await?;
    }
    messages.reverse();
    Ok(Page { messages, has_more })
}

/// The first and the last place of the page, within what the member may see.
fn bounds(member: &Member, part: Part, limit: i64) -> (i64, i64) {
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
    (low.max(floor + 1), high.min(top))
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

async fn range(app: &App, member: &Member, low: i64, high: i64) -> Result<Vec<Message>> {
    if low > high {
        return Ok(Vec::new());
    }
    read_all(member, app.db.rows(&RANGE, args![member.chat, low, high]).await?)
}

fn read_all(member: &Member, mut rows: Vec<Row>) -> Result<Vec<Message>> {
    let mut messages = Vec::with_capacity(rows.len());
    for row in &mut rows {
        messages.push(as_seen(member, Message::read(member.chat, row, 0)?));
    }
    Ok(messages)
}

/// A row whose words changed after its reader left shows as deleted: what they
/// were is no longer known, and what they are now is not theirs. Of reactions
/// alone the words are what they were.
pub(crate) fn as_seen(member: &Member, mut message: Message) -> Message {
    let Some(upto) = member.upto_rev.filter(|upto| message.rev > *upto) else { return message };
    message.reactions.clear();
    if message.deleted_at.is_some() || message.edited_rev > Some(upto) {
        message.body = String::new();
        message.deleted_at = message.deleted_at.or(Some(message.created_at));
    }
    message
}

pub(super) static NEWEST: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message
     where chat_id = $1 and seq > (select c.last_seq from chat c where c.id = $1) - $3
       and exists (select 1 from member m where m.chat_id = $1 and m.account_id = $2)
     order by seq"
));

// For whoever is in the chat, or was: what they may see of it is cut out after.
pub(super) static LIKELY: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message
     where chat_id = $1 and seq between $3 and $4
       and exists (select 1 from member m where m.chat_id = $1 and m.account_id = $2)
     order by seq"
));

pub(super) static RANGE: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message where chat_id = $1 and seq between $2 and $3 order by seq"
));

pub(super) static CHANGED: Sql = Sql::new(concat!(
    "select ",
    message_columns!(),
    "from message where chat_id = $1 and changed and rev > $2 and seq > $3 and seq <= $4
     order by seq limit $5"
));
