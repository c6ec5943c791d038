//! What the index keeps of messages, and how it is brought up to date.
//!
//! A page of rows and the place reached are one batch, guarded by the place it
//! began at: of two nodes that index the same, one is refused, and nothing is
//! left out or half done. Whatever was indexed once may be indexed again.

use std::fmt::Write;

use sql::{Args, Batch, Row, Sql, args};
use uuid::Uuid;

use super::Place;
use super::words::{Kept, Token, Words, kept};
use crate::{AccountId, App, ChatId, Result};

/// Places of a chat whose words stand together in the index.
pub(super) const BLOCK: i64 = 4_096;
/// Rows of a page at most, new and changed each.
pub(super) const PAGE: i64 = 256;
/// Bytes of their text at most: sends wait while it is written.
const TEXT_MAX: usize = 64 * 1024;

/// Tokens of a question at most.
const TOKENS_MAX: usize = 6;
/// Characters of a beginning that narrows enough to be asked for beside others.
const NARROWS_MIN: usize = 3;

/// What a page did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indexed {
    /// Rows that were put into the index or taken out of it.
    pub rows: u64,
    /// There is more to do in this chat.
    pub has_more: bool,
}

/// Brings the index up to date in one chat, by at most `limit` new rows; where
/// nothing else is new, by as many changed ones too.
///
/// # Errors
/// When the store fails. That another node came first is no error.
pub async fn page(app: &App, chat: ChatId, limit: i64) -> Result<Indexed> {
    let mut batch = Batch::new();
    let place = batch.run(&super::PLACE, args![chat]);
    let reached = batch.run(&REACHED, args![chat]);
    let new = batch.run(&NEW, args![chat, limit]);
    let changed = batch.run(&CHANGED, args![chat, limit]);
    let rows = app.db.read(batch).await?;
    let Some(reached) = rows[reached].first() else { return Ok(Indexed::default()) };
    let Some(place) = rows[place].first() else {
        let mut batch = Batch::new();
        batch.derived();
        batch.run(&BEGIN, args![chat]);
        app.db.write(batch).await?;
        return Ok(Indexed { rows: 0, has_more: true });
    };
    let (place, reached) = (Place::read(place)?, (reached.get(0)?, reached.get(1)?));
    bring_up(app, chat, (place, reached), [&rows[new], &rows[changed]], limit).await
}

async fn bring_up(
    app: &App,
    chat: ChatId,
    (place, reached): (Place, (i64, i64)),
    [new, changed]: [&[Row]; 2],
    limit: i64,
) -> Result<Indexed> {
    let (new, has_newer) = part(new, limit)?;
    // Changes wait until nothing is left that is new. So a chat left halfway is
    // known by its rev, and what is above the place was sent after that rev.
    let (changed, has_more) = if has_newer { (&[][..], true) } else { part(changed, limit)? };
    let last = |rows: &[Row], at| rows.last().map(|row| row.get::<i64>(at)).transpose();
    // A row is read as it is now, so all changes of the rows read are in it.
    let seq = if has_newer { last(new, 0)?.unwrap_or(place.seq) } else { reached.0 };
    let rev = if has_more { last(changed, 1)?.unwrap_or(place.rev) } else { reached.1 };
    if (seq, rev) == (place.seq, place.rev) {
        return Ok(Indexed::default());
    }
    let (newest_at, disorder_ms) = times(place, new)?;
    let mut puts = Puts { crowds: place.crowds, steps: Vec::new() };
    for row in new {
        puts.add(place.number, row, false)?;
    }
    for row in changed {
        puts.add(place.number, row, row.get::<Option<i64>>(5)?.is_none())?;
    }
    let mut batch = Batch::new();
    batch.derived();
    let to = args![
        chat,
        seq,
        rev,
        place.number,
        place.seq,
        place.rev,
        newest_at,
        disorder_ms,
        puts.crowds
    ];
    let guard = batch.demand(1, &MOVE, to);
    let rows = puts.steps.len() as u64;
    for (sql, args) in puts.steps {
        batch.run(sql, args);
    }
    match app.db.write(batch).await {
        Ok(_) => Ok(Indexed { rows, has_more }),
        Err(sql::Error::Demand { statement, .. }) if statement == guard => {
            Ok(Indexed { rows: 0, has_more: true })
        }
        Err(error) => {
            if matches!(error, sql::Error::Corrupt(_)) {
                app.search.note_damage(&error);
            }
            Err(error.into())
        }
    }
}

/// Those of the rows that one batch may hold, and whether there are more.
fn part(rows: &[Row], limit: i64) -> Result<(&[Row], bool)> {
    let mut bytes = 0;
    for (at, row) in rows.iter().enumerate() {
        bytes += row.get::<String>(3)?.len();
        if bytes > TEXT_MAX && at > 0 {
            return Ok((&rows[..at], true));
        }
    }
    Ok((rows, i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit))
}

/// The newest time there is with the new rows, and how far times are out of order.
fn times(place: Place, new: &[Row]) -> Result<(i64, i64)> {
    let (mut newest_at, mut disorder_ms) = (place.newest_at, place.disorder_ms);
    for row in new {
        let created_at: i64 = row.get(6)?;
        disorder_ms = disorder_ms.max(newest_at - created_at);
        newest_at = newest_at.max(created_at);
    }
    Ok((newest_at, disorder_ms))
}

/// What goes into the index and comes out of it.
struct Puts {
    crowds: i64,
    steps: Vec<(&'static Sql, Args)>,
}

impl Puts {
    /// Puts the row's words in the place of those that are there, or takes them out.
    /// Of what was never edited, the words are those that are there.
    fn add(&mut self, number: i64, row: &Row, is_same: bool) -> Result<()> {
        let seq: i64 = row.get(0)?;
        if row.get::<Option<i64>>(4)?.is_some() {
            self.steps.push((&DROP, args![place_of(number, seq)]));
        } else if !is_same {
            let kept = kept(&row.get::<String>(3)?);
            self.crowds |= i64::from(!kept.crowds.is_empty());
            let text = tokens(&kept, row.get(2)?, number, seq);
            self.steps.push((&PUT, args![place_of(number, seq), text]));
        }
        Ok(())
    }
}

/// The chats after `chat`, by their id, and of each whether the index has
/// something to do there.
pub(super) async fn behind(app: &App, after: Option<ChatId>) -> Result<Vec<(ChatId, bool)>> {
    let after = after.map_or_else(Vec::new, |chat| chat.bytes().to_vec());
    let rows = app.db.rows(&BEHIND, args![after, CHATS]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Chats looked at in one reading.
const CHATS: i64 = 1_000;

/// Throws away what the index holds, whatever state it is in, and forgets how far
/// it had come.
///
/// # Errors
/// When the store fails; what is said of the index is true even then.
pub async fn renew(app: &App) -> Result<()> {
    let mut batch = Batch::new();
    batch.run(&RAISE, args![NOBODY]);
    batch.run(&FORGET, args![NOBODY]);
    Ok(app.db.renew_words(TABLE, GUIDE, batch).await?)
}

/// Looks at all that the index holds.
pub(super) async fn inspect(app: &App) -> std::result::Result<(), sql::Error> {
    app.db.inspect_words(TABLE).await
}

const TABLE: &str = "message_word";
const GUIDE: &str = "search_place";
/// No chat: the number of this place is above all that were given before the index
/// was last thrown away. So what is asked or written by an older number comes to nothing.
pub(super) const NOBODY: ChatId = ChatId(Uuid::nil());

/// Where a message stands in the index.
pub(super) fn place_of(number: i64, seq: i64) -> i64 {
    (number << 32) | seq
}

/// What the index is asked in the block of `seq`, in PostgreSQL's spelling.
pub(super) fn question(words: &Words, sender: Option<AccountId>, place: Place, seq: i64) -> String {
    let block = block(place.number, seq);
    let mut parts: Vec<_> = narrowest(words)
        .into_iter()
        .map(|token| {
            let [kept, crowd] =
                [('z', token.clone()), ('x', token.crowd())].map(|part| match part {
                    (kind, Token::Whole(token)) => format!("'{block}{kind}{token}'"),
                    (kind, Token::Beginning(token)) => format!("'{block}{kind}{token}':*"),
                });
            if place.crowds > 0 { format!("({kept} | {crowd})") } else { kept }
        })
        .collect();
    parts.extend(sender.map(|sender| format!("'{block}y{}'", sender.0.simple())));
    parts.join(" & ")
}

/// The tokens that the index is asked for. The beginnings of many words cost more
/// than they narrow, beside another word; the row is asked for all of them.
fn narrowest(words: &Words) -> Vec<Token> {
    let mut tokens: Vec<_> = words.tokens().into_iter().collect();
    tokens.sort_by_key(|token| std::cmp::Reverse(token.narrows()));
    let is_enough = |token: &Token| token.narrows() >= NARROWS_MIN;
    let most = tokens.iter().take_while(|token| is_enough(token)).count();
    tokens.truncate(most.clamp(1, TOKENS_MAX));
    tokens
}

/// What the index keeps of a message: its words and its sender, each behind the
/// block that it stands in.
fn tokens(kept: &Kept, sender: AccountId, number: i64, seq: i64) -> String {
    let block = block(number, seq);
    let mut text = format!("'{block}y{}'", sender.0.simple());
    let Kept { words, crowds } = kept;
    let crowds = crowds.iter().map(|token| ('x', token));
    for (kind, token) in words.iter().map(|token| ('z', token)).chain(crowds) {
        write!(text, " '{block}{kind}{token}'").unwrap_or_else(|_| unreachable!("a text grows"));
    }
    text
}

fn block(number: i64, seq: i64) -> String {
    format!("{number:x}z{:x}", seq / BLOCK)
}

pub(super) static REACHED: Sql = Sql::new("select last_seq, rev from chat where id = $1");

pub(super) static NEW: Sql = Sql::new(
    "select seq, rev, sender_id, body, deleted_at, edited_rev, created_at from message
     where chat_id = $1 and seq > (select p.seq from search_place p where p.chat_id = $1)
     order by seq limit $2",
);

pub(super) static CHANGED: Sql = Sql::new(
    "select seq, rev, sender_id, body, deleted_at, edited_rev from message
     where chat_id = $1 and changed
       and rev > (select p.rev from search_place p where p.chat_id = $1)
       and seq <= (select p.seq from search_place p where p.chat_id = $1)
     order by rev limit $2",
);

// Two nodes may take the same number: one of them takes none, and tries again.
pub(super) static BEGIN: Sql = Sql::new(
    "insert into search_place (chat_id, number, seq, rev, newest_at, disorder_ms, crowds)
     select $1, coalesce(max(number), 0) + 1, 0, 0, 0, 0, 0 from search_place where true
     on conflict do nothing",
);

pub(super) static RAISE: Sql = Sql::new(
    "insert into search_place (chat_id, number, seq, rev, newest_at, disorder_ms, crowds)
     select $1, coalesce(max(number), 0) + 1, 0, 0, 0, 0, 0 from search_place where true
     on conflict (chat_id) do update set number = excluded.number",
);

pub(super) static FORGET: Sql = Sql::new("delete from search_place where chat_id <> $1");

pub(super) static MOVE: Sql = Sql::new(
    "update search_place set seq = $2, rev = $3, newest_at = $7, disorder_ms = $8, crowds = $9
     where chat_id = $1 and number = $4 and seq = $5 and rev = $6",
);

// A table of FTS5 knows no upsert, PostgreSQL no `or replace`.
pub(super) static PUT: Sql = Sql::per_engine(
    "insert or replace into message_word (rowid, words) values ($1, $2)",
    "insert into message_word (place, words) values ($1, cast(cast($2 as text) as tsvector))
     on conflict (place) do update set words = excluded.words",
);

pub(super) static DROP: Sql = Sql::per_engine(
    "delete from message_word where rowid = $1",
    "delete from message_word where place = $1",
);

pub(super) static BEHIND: Sql = Sql::new(
    "select c.id, c.last_seq > 0 and c.rev > coalesce(p.rev, 0)
     from chat c left join search_place p on p.chat_id = c.id
     where c.id > $1
     order by c.id limit $2",
);
