//! Reactions: an emoji that a member gives to a message, or takes back.
//!
//! Owns `reaction`. The message's row carries a summary, so that one row
//! travels (see `message::sum_up`); both change in one batch, under the chat's
//! lock. Refuses what is no single emoji, more kinds of them than a message can
//! show, and more from one account than it can mean. A reaction is a change of
//! the message and of nothing else: it is not unread and moves no list.

use std::sync::Arc;

use sql::{Batch, Row, Rows, Sql, args};
use uuid::Uuid;

use crate::{AccountId, App, Caller, ChatId, Error, Event, Kind, Result, chat, message};

/// Different emoji on one message at most.
pub const MAX_KINDS: i64 = 20;

/// Emoji of one account on one message at most.
pub const MAX_OWN: i64 = 5;

/// Accounts named with each emoji at most, the oldest first. A statement
/// spells it out.
pub const MAX_NAMED: usize = 100;

/// One emoji on a message, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// How many gave it.
    pub count: i64,
    /// Who did, the oldest first; at most [`MAX_NAMED`].
    pub accounts: Vec<AccountId>,
}

/// One real emoji, in the one form that Unicode recommends of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emoji(&'static str);

impl Emoji {
    /// Checks an emoji. Forms that differ by invisible selectors are the same.
    pub fn parse(text: &str) -> Result<Self> {
        let found = emojis::get(text).map(|emoji| Self(emoji.as_str()));
        found.ok_or_else(|| Error::bad_input("emoji", "reaction.emoji", "Give one emoji."))
    }
}

/// Gives the message an emoji of the caller's, or takes it back. What is so
/// already stays so, as it is, and is answered alike.
pub async fn set(
    app: &App,
    caller: &Caller,
    at: (ChatId, i64),
    Emoji(emoji): Emoji,
    on: bool,
) -> Result<message::Message> {
    let (chat, seq) = at;
    let member = chat::member(app, caller, chat).await?;
    if seq <= member.floor_seq || seq > member.upto_seq {
        return Err(Error::not_found("message.not_found"));
    }
    member.demand_open()?;
    let mut batch = Batch::new();
    chat::lock(&mut batch, chat);
    if on {
        batch.run(&GIVE, args![chat, seq, caller.account, emoji, app.clock.now_ms()]);
    } else {
        batch.run(&TAKE, args![chat, seq, caller.account, emoji]);
    }
    message::sum_up(&mut batch, at);
    let found = message::bump(&mut batch, at);
    let stands = batch.run(&STANDS, args![chat, seq, caller.account, emoji]);
    let mut rows = app.db.write(batch).await?;
    let row = rows[found].first_mut().ok_or_else(|| Error::not_found("message.not_found"))?;
    let message = message::Message::read(chat, row, 0)?;
    let [given, own, kinds, same] = counts(&rows, stands)?;
    if (given > 0) != on {
        if message.deleted_at.is_some() {
            return Err(Error::conflict("message.deleted", "This message was deleted."));
        }
        chat::member(app, caller, chat).await?.demand_open()?;
        return Err(too_many(own, kinds, same).unwrap_or_else(chat::changing));
    }
    tell(app, &message);
    Ok(message)
}

/// Takes every emoji off a message that is deleted.
pub(crate) fn clear(batch: &mut Batch, at: (ChatId, i64)) {
    batch.run(&CLEAR, args![at.0, at.1]);
}

/// Reads the summary on a message's row.
pub(crate) fn read(summary: Option<String>) -> Result<Vec<Reaction>> {
    let Some(summary) = summary else { return Ok(Vec::new()) };
    let unreadable = |error| Error::internal(format!("a summary of reactions: {error}"));
    let all: Vec<(String, i64, String)> = serde_json::from_str(&summary).map_err(unreadable)?;
    let one = |(emoji, count, accounts): (String, i64, String)| {
        let ids = accounts.split(' ').map(|id| Uuid::try_parse(id).map(AccountId));
        let accounts = ids.collect::<std::result::Result<_, _>>();
        let accounts = accounts.map_err(|error| Error::internal(error.to_string()))?;
        Ok(Reaction { emoji, count, accounts })
    };
    all.into_iter().map(one).collect()
}

/// Tells of it also when an earlier try has done it: who has heard of a rev is
/// not told of it again (see the hub).
fn tell(app: &App, message: &message::Message) {
    app.search.note(message.chat);
    app.bus.publish(&Event::MessageReacted(Arc::new(message.clone())));
}

fn counts(rows: &Rows, at: usize) -> Result<[i64; 4]> {
    let row = rows[at]
        .first()
        .map(|row: &Row| Ok::<_, Error>([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]));
    row.unwrap_or_else(|| Ok([0; 4]))
}

fn too_many(own: i64, kinds: i64, same: i64) -> Option<Error> {
    let refuse = |code, detail| Some(Error::new(Kind::Conflict, code, detail));
    if own >= MAX_OWN {
        return refuse("reaction.too_many_own", format!("One gives a message {MAX_OWN} emoji."));
    }
    if same == 0 && kinds >= MAX_KINDS {
        return refuse("reaction.too_many", format!("A message has {MAX_KINDS} different emoji."));
    }
    None
}

pub(crate) const STATEMENTS: &[&Sql] = &[&GIVE, &TAKE, &CLEAR, &STANDS];

/// What the rows of message $2 in chat $1 come to: of each emoji, by its first
/// use, the text, the count and the first hundred accounts. An emoji holds
/// nothing that JSON would have to escape.
macro_rules! summary {
    ($account:literal) => {
        concat!(
            "(select '[' || string_agg('[\"' || e.emoji || '\",' || e.count || ',\"' || e.accounts
                                       || '\"]', ',' order by e.first_rev) || ']'
              from (select g.emoji, min(g.first_rev) as first_rev, count(*) as count,
                           string_agg(case when g.place <= 100 then ",
            $account,
            " end, ' ' order by g.rev) as accounts
                    from (select r.*,
                                 row_number() over (partition by r.emoji order by r.rev) as place
                          from reaction r where r.chat_id = $1 and r.seq = $2) as g
                    group by g.emoji) as e)"
        )
    };
}
pub(crate) use summary;

static GIVE: Sql = Sql::new(
    "insert into reaction (chat_id, seq, account_id, emoji, rev, first_rev, created_at)
     select c.id, s.seq, m.account_id, $4, c.rev + 1,
            coalesce((select min(r.first_rev) from reaction r
                      where r.chat_id = $1 and r.seq = $2 and r.emoji = $4), c.rev + 1), $5
     from chat c
     join member m on m.chat_id = c.id
     join message s on s.chat_id = c.id
     where c.id = $1 and c.closed_at is null and m.account_id = $3 and m.left_at is null
       and s.seq = $2 and s.seq > m.joined_seq and s.kind = 'text' and s.deleted_at is null
       and (select count(*) from reaction r
            where r.chat_id = $1 and r.seq = $2 and r.account_id = $3) < 5
       and ((select count(distinct r.emoji) from reaction r
             where r.chat_id = $1 and r.seq = $2) < 20
            or exists (select 1 from reaction r
                       where r.chat_id = $1 and r.seq = $2 and r.emoji = $4))
     on conflict (chat_id, seq, account_id, emoji) do nothing",
);

static TAKE: Sql = Sql::new(
    "delete from reaction
     where chat_id = $1 and seq = $2 and account_id = $3 and emoji = $4
       and exists (select 1 from chat c join member m on m.chat_id = c.id
                   where c.id = $1 and c.closed_at is null
                     and m.account_id = $3 and m.left_at is null)",
);

static CLEAR: Sql = Sql::new(
    "delete from reaction
     where chat_id = $1 and seq = $2
       and exists (select 1 from message s
                   where s.chat_id = $1 and s.seq = $2 and s.deleted_at is not null)",
);

// Of message $2: whether $3 gave $4, what $3 gave, the kinds there are, and who gave $4.
static STANDS: Sql = Sql::new(
    "select count(case when r.account_id = $3 and r.emoji = $4 then 1 end),
            count(case when r.account_id = $3 then 1 end),
            count(distinct r.emoji),
            count(case when r.emoji = $4 then 1 end)
     from reaction r where r.chat_id = $1 and r.seq = $2",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<&'static str> {
        Emoji::parse(text).ok().map(|emoji| emoji.0)
    }

    #[test]
    fn an_emoji_has_one_form() {
        assert_eq!(parsed("\u{2764}"), Some("\u{2764}\u{fe0f}"));
        assert_eq!(parsed("\u{2764}\u{fe0f}"), Some("\u{2764}\u{fe0f}"));
        assert_eq!(parsed("👍"), Some("👍"));
        assert_eq!(parsed("👍🏽"), Some("👍🏽"), "tones differ");
        assert_eq!(parsed("👩‍🚀"), Some("👩‍🚀"));
        assert_eq!(parsed("🇺🇦"), Some("🇺🇦"));
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "a", "1", "👍👍", "👍 ", ":+1:", "\u{fe0f}", "🏽a", "❤️x", "\u{200d}"]
        {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn summaries_of_either_engine_are_read() {
        let summary =
            "[[\"👍\",2,\"01980000000070008000000000000001 0198000000007000800000000000ABCD\"]]";
        let read = read(Some(summary.to_owned())).unwrap();
        assert_eq!((read.len(), read[0].count, read[0].accounts.len()), (1, 2, 2));
        assert_eq!(read[0].accounts[1].to_string(), "01980000-0000-7000-8000-00000000abcd");
        assert!(super::read(Some("[[".to_owned())).is_err());
        assert!(super::read(None).unwrap().is_empty());
    }
}
