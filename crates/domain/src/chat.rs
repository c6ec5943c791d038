//! Chats and their members.
//!
//! Owns `chat`, `member` and `account_chat`: sends and receipts move counters
//! and marks through the verbs here that take a batch.
//! A verb that needs membership demands a [`Member`], which only [`member`]
//! gives; "no such chat" and "not yours" are the same answer.

pub mod mine;
mod view;

use std::collections::HashMap;

use sql::{Batch, Row, Rows, Sql, Turn, args};

use crate::message::Message;
use crate::{AccountId, App, Caller, ChatId, Error, Event, Result, account};

pub use mine::Mine;
use mine::mine_columns;
pub use view::{Chat, Listed};

/// What a chat is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatKind {
    /// Two friends.
    Direct,
    /// Any number of people.
    Group,
    /// A paid session.
    Session,
}

impl ChatKind {
    /// The word stored and shown.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
            Self::Session => "session",
        }
    }

    fn read(word: &str) -> Result<Self> {
        match word {
            "direct" => Ok(Self::Direct),
            "group" => Ok(Self::Group),
            "session" => Ok(Self::Session),
            other => Err(Error::internal(format!("unknown kind of chat {other}"))),
        }
    }
}

/// How far a member has come in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The chat.
    pub chat: ChatId,
    /// The member whose marks these are.
    pub account: AccountId,
    /// Everything up to here was read.
    pub read_seq: i64,
    /// The countable number that belongs to `read_seq`.
    pub read_n: i64,
    /// Everything up to here reached a device.
    pub delivered_seq: i64,
}

impl Receipt {
    /// The marks that a statement answered, if it moved one.
    pub(crate) fn read(chat: ChatId, account: AccountId, rows: &[Row]) -> Result<Option<Self>> {
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Self {
            chat,
            account,
            read_seq: row.get(0)?,
            read_n: row.get(1)?,
            delivered_seq: row.get(2)?,
        }))
    }
}

/// Proof that an account may see a chat, with the bounds of what it may see.
/// Only this file makes one.
#[derive(Clone, Debug)]
pub struct Member {
    pub(crate) chat: ChatId,
    pub(crate) account: AccountId,
    pub(crate) rev: i64,
    pub(crate) is_open: bool,
    /// Rows up to here are not visible: gone, from before, or hidden.
    pub(crate) floor_seq: i64,
    /// Rows above are not visible: not there yet, or from after leaving.
    pub(crate) upto_seq: i64,
    /// Changes above are not visible: they came after leaving.
    pub(crate) upto_rev: Option<i64>,
    /// Everything up to here reached a device of theirs.
    pub(crate) delivered_seq: i64,
    /// How far they read on in a closed chat, or hid what is there, which no one
    /// else sees.
    own_read: (i64, i64),
}

impl Member {
    /// The chat.
    #[must_use]
    pub fn chat(&self) -> ChatId {
        self.chat
    }

    /// Whether the account is still in the chat and the chat can be written.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The chat's revision when membership was checked.
    #[must_use]
    pub fn rev(&self) -> i64 {
        self.rev
    }

    /// Refuses when nothing can be written here any more.
    pub(crate) fn demand_open(&self) -> Result<()> {
        if self.is_open { Ok(()) } else { Err(closed()) }
    }
}

/// A step of a batch that opens or closes a chat; after the write it tells
/// what to publish.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    chat: ChatId,
    statement: usize,
    is_open: bool,
}

impl Change {
    /// The chat that is opened or closed.
    #[must_use]
    pub fn chat(&self) -> ChatId {
        self.chat
    }

    /// The event of this change, when it changed anything.
    pub fn event(&self, rows: &Rows) -> Result<Option<Event>> {
        let Some(row) = rows[self.statement].first() else { return Ok(None) };
        Ok(Some(Event::ChatUpdated { chat: self.chat, rev: row.get(0)?, is_open: self.is_open }))
    }
}

/// Opens the direct chat of two people, for the first time or again, and
/// makes both its members.
pub fn open_direct(batch: &mut Batch, one: AccountId, other: AccountId, now: i64) -> Change {
    let chat = ChatId::direct(one, other);
    let statement = batch.run(&OPEN_DIRECT, args![chat, now]);
    for account in [one.min(other), one.max(other)] {
        batch.run(&JOIN, args![chat, account]);
        batch.run(&KEEP, args![chat, account]);
    }
    Change { chat, statement, is_open: true }
}

/// Closes the direct chat of two people: what is there stays readable, nothing
/// is added. A chat that is closed or was never opened stays as it is.
pub fn close_direct(batch: &mut Batch, one: AccountId, other: AccountId, now: i64) -> Change {
    let chat = ChatId::direct(one, other);
    let statement = batch.run(&CLOSE, args![chat, now]);
    // A receipt holds its member's row: it is stored before this, or sees it.
    for account in [one.min(other), one.max(other)] {
        batch.run(&LOCK_MEMBER, args![chat, account]);
    }
    Change { chat, statement, is_open: false }
}

/// Locks the chat's row: whoever holds it decides what comes next.
pub(crate) fn lock(batch: &mut Batch, chat: ChatId) {
    batch.run(&LOCK, args![chat]);
}

/// Moves the chat's revision if the message at this place took the next one.
pub(crate) fn bump(batch: &mut Batch, at: (ChatId, i64)) {
    batch.run(&BUMP, args![at.0, at.1]);
}

/// Moves a member's marks, as far as the store allows once their row is held:
/// in an open chat for all to see, else the read position for the member alone.
/// Answers where the rows of the two stand.
pub(crate) fn mark(batch: &mut Batch, member: &Member, read: i64, delivered: i64) -> [usize; 2] {
    let (chat, account) = (member.chat, member.account);
    batch.run(&LOCK_MEMBER, args![chat, account]);
    let shared = batch.run(&MARK, args![chat, account, read, delivered]);
    [shared, batch.run(&READ_ALONE, args![chat, account, read])]
}

/// The caller's membership of a chat: the only way to what is in it.
pub async fn member(app: &App, caller: &Caller, chat: ChatId) -> Result<Member> {
    let row = app.db.row(&MEMBER, args![chat, caller.account]).await?;
    proven(caller, chat, row.as_ref())
}

/// Asks what [`proven`] has to know, for whoever reads more with it.
pub(crate) fn ask(batch: &mut Batch, caller: &Caller, chat: ChatId) -> usize {
    batch.run(&MEMBER, args![chat, caller.account])
}

/// The proof, from the row that [`ask`] was answered with.
pub(crate) fn proven(caller: &Caller, chat: ChatId, row: Option<&Row>) -> Result<Member> {
    let row = row.ok_or_else(not_found)?;
    let (last_seq, left_seq): (i64, Option<i64>) = (row.get(1)?, row.get(6)?);
    let left_at: Option<i64> = row.get(5)?;
    let floors: [i64; 3] = [row.get::<i64>(2)? - 1, row.get(4)?, row.get(7)?];
    Ok(Member {
        chat,
        account: caller.account,
        rev: row.get(0)?,
        is_open: left_at.is_none() && row.get::<Option<i64>>(3)?.is_none(),
        floor_seq: floors.into_iter().max().unwrap_or(0),
        upto_seq: if left_at.is_some() { left_seq.unwrap_or(0).min(last_seq) } else { last_seq },
        upto_rev: if left_at.is_some() { Some(row.get(8)?) } else { None },
        own_read: (row.get(9)?, row.get(10)?),
        delivered_seq: row.get(11)?,
    })
}

/// Asks for every chat that the caller may read, those they left included, the
/// one with the newest message first.
pub(crate) fn ask_all(batch: &mut Batch, caller: &Caller) -> usize {
    batch.run(&EVERY, args![caller.account])
}

/// The proof, from a row that [`ask_all`] was answered with.
pub(crate) fn proven_of_all(caller: &Caller, row: &Row) -> Result<Member> {
    proven(caller, row.get(12)?, Some(row))
}

/// Every chat the caller is in, the one with the newest message first.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Chat>> {
    let mut batch = Batch::new();
    let listed = batch.run(&LIST, args![caller.account]);
    let members = batch.run(&LIST_MEMBERS, args![caller.account]);
    let mut rows = app.db.read(batch).await?;
    let mut chats = rows[listed].iter_mut().map(read_chat).collect::<Result<Vec<_>>>()?;
    let places: HashMap<_, _> = chats.iter().enumerate().map(|(at, chat)| (chat.id, at)).collect();
    for row in &rows[members] {
        if let Some(at) = places.get(&row.get::<ChatId>(0)?) {
            add_member(&mut chats[*at], caller, row)?;
        }
    }
    Ok(chats)
}

/// One chat the caller is in.
pub async fn get(app: &App, caller: &Caller, chat: ChatId) -> Result<Chat> {
    let mut batch = Batch::new();
    let got = batch.run(&GET, args![caller.account, chat]);
    let members = batch.run(&MEMBERS, args![chat]);
    let mut rows = app.db.read(batch).await?;
    let mut found = read_chat(rows[got].first_mut().ok_or_else(not_found)?)?;
    for row in &rows[members] {
        add_member(&mut found, caller, row)?;
    }
    Ok(found)
}

/// The members of a chat, as the given one sees them.
pub async fn members(app: &App, member: &Member) -> Result<Vec<Listed>> {
    let rows = app.db.rows(&MEMBERS, args![member.chat]).await?;
    let mut members = rows.iter().map(read_member).collect::<Result<Vec<_>>>()?;
    members.iter_mut().for_each(|listed| listed.read_on(member.account, member.own_read));
    Ok(members)
}

/// Where an account's live events come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The chat.
    pub chat: ChatId,
    /// Its latest change.
    pub rev: i64,
}

/// The chats whose events an account hears, and its own counter at that
/// moment: all that whoever connects waits for, so it is read at once.
pub async fn places(app: &App, account: AccountId) -> Result<(i64, Vec<Place>)> {
    let mut batch = Batch::new();
    account::ask_arev(&mut batch, account);
    batch.run(&PLACES, args![account]);
    let mut rows = app.db.read(batch).await?;
    let places = rows.pop().unwrap_or_default();
    let arev = account::read_arev(rows.pop().unwrap_or_default().first())?;
    let places = places.iter().map(|row| Ok(Place { chat: row.get(0)?, rev: row.get(1)? }));
    Ok((arev, places.collect::<Result<_>>()?))
}

/// Absent, or not the caller's.
pub(crate) fn not_found() -> Error {
    Error::not_found("chat.not_found")
}

/// The chat can only be read.
pub(crate) fn closed() -> Error {
    Error::new(crate::Kind::Forbidden, "chat.closed", "This chat can only be read.")
}

/// The chat was closed when it was written to, and is open by now.
pub(crate) fn changing() -> Error {
    Error::unavailable("chat.changing", "The chat is just changing.")
}

fn read_chat(row: &mut Row) -> Result<Chat> {
    let own: i64 = row.get(14)?;
    let (mut read_seq, mut read_n): (i64, i64) = (row.get(12)?, row.get(13)?);
    if own > read_seq {
        (read_seq, read_n) = (own, row.get(15)?);
    }
    let (id, last_seq): (ChatId, Option<i64>) = (row.get(0)?, row.get(22)?);
    Ok(Chat {
        id,
        kind: ChatKind::read(&row.get::<String>(1)?)?,
        title: row.take(2)?,
        photo: row.take(3)?,
        closed_at: row.get(4)?,
        rev: row.get(5)?,
        seq: row.get(6)?,
        n: row.get(7)?,
        first_seq: row.get(8)?,
        last_at: row.get(9)?,
        created_at: row.get(10)?,
        read_seq,
        read_n,
        mine: mine::read(row, 16)?,
        members: Vec::new(),
        last_message: last_seq.map(|_| Message::read(id, row, 22)).transpose()?,
    })
}

fn add_member(chat: &mut Chat, caller: &Caller, row: &Row) -> Result<()> {
    let mut listed = read_member(row)?;
    listed.read_on(caller.account, (chat.read_seq, chat.read_n));
    chat.members.push(listed);
    Ok(())
}

fn read_member(row: &Row) -> Result<Listed> {
    Ok(Listed {
        account: row.get(1)?,
        role: row.get(2)?,
        name: row.get(3)?,
        username: row.get(4)?,
        photo: row.get(5)?,
        read_seq: row.get(6)?,
        read_n: row.get(7)?,
        delivered_seq: row.get(8)?,
        joined_seq: row.get(9)?,
        left_at: row.get(10)?,
        rev: row.get(11)?,
    })
}

pub(crate) const STATEMENTS: &[&Sql] = &[
    &OPEN_DIRECT,
    &JOIN,
    &KEEP,
    &CLOSE,
    &MEMBER,
    &EVERY,
    &PLACES,
    &LIST,
    &GET,
    &MEMBERS,
    &LIST_MEMBERS,
    &LOCK,
    &COUNT,
    &MARK_SENDER,
    &BUMP,
    &LOCK_MEMBER,
    &MARK,
    &READ_ALONE,
    &mine::HELD,
    &mine::WRITE,
];

static OPEN_DIRECT: Sql = Sql::new(
    "insert into chat (id, kind, last_seq, last_n, rev, first_seq, last_at, member_count, created_at)
     values ($1, 'direct', 0, 0, 1, 1, $2, 2, $2)
     on conflict (id) do update set rev = chat.rev + 1, closed_at = null
     returning rev",
);

static JOIN: Sql = Sql::new(
    "insert into member (chat_id, account_id, role, read_seq, read_n, delivered_seq, joined_seq, rev)
     select c.id, $2, 'member', 0, 0, 0, 0, c.rev from chat c where c.id = $1
     on conflict (chat_id, account_id) do update
     set left_at = null, left_seq = null, rev = excluded.rev",
);

static KEEP: Sql = Sql::new(
    "insert into account_chat
       (account_id, chat_id, version, pinned, archived, hidden_upto_seq, read_seq, read_n)
     values ($2, $1, 0, false, false, 0, 0, 0)
     on conflict (account_id, chat_id) do nothing",
);

static CLOSE: Sql = Sql::new(
    "update chat set closed_at = $2, rev = rev + 1
     where id = $1 and closed_at is null
     returning rev",
);

macro_rules! proof {
    () => {
        "select c.rev, c.last_seq, c.first_seq, c.closed_at, m.joined_seq, m.left_at, m.left_seq,
                coalesce(k.hidden_upto_seq, 0), m.rev, coalesce(k.read_seq, 0),
                coalesce(k.read_n, 0), m.delivered_seq, c.id
         from member m
         join chat c on c.id = m.chat_id
         left join account_chat k on k.account_id = m.account_id and k.chat_id = m.chat_id "
    };
}

static MEMBER: Sql = Sql::new(concat!(proof!(), "where m.chat_id = $1 and m.account_id = $2"));

static EVERY: Sql =
    Sql::new(concat!(proof!(), "where m.account_id = $1 order by c.last_at desc, c.id"));

static PLACES: Sql = Sql::new(
    "select c.id, c.rev from member m join chat c on c.id = m.chat_id
     where m.account_id = $1 and m.left_at is null",
);

macro_rules! chat_columns {
    () => {
        concat!(
            "select c.id, c.kind, c.title, c.photo, c.closed_at, c.rev, c.last_seq, c.last_n,
                c.first_seq, c.last_at, c.created_at, m.rev, m.read_seq, m.read_n,
                coalesce(k.read_seq, 0), coalesce(k.read_n, 0), ",
            mine_columns!(),
            ", l.seq, l.n, l.rev, l.sender_id, l.client_id, l.kind, l.body,
                l.reply_to_seq, l.reactions, l.edited_rev, l.edited_at, l.deleted_at, l.created_at
         from member m
         join chat c on c.id = m.chat_id
         left join account_chat k on k.account_id = m.account_id and k.chat_id = m.chat_id
         left join message l on l.chat_id = c.id and l.seq = c.last_seq
                            and l.seq > coalesce(k.hidden_upto_seq, 0)
         where m.account_id = $1 and m.left_at is null "
        )
    };
}

static LIST: Sql = Sql::new(concat!(chat_columns!(), "order by c.last_at desc, c.id"));

static GET: Sql = Sql::new(concat!(chat_columns!(), "and c.id = $2"));

macro_rules! member_columns {
    () => {
        "select m.chat_id, m.account_id, m.role, a.name, a.username, a.photo, m.read_seq, m.read_n,
                m.delivered_seq, m.joined_seq, m.left_at, m.rev
         from member m join account a on a.id = m.account_id "
    };
}

static MEMBERS: Sql =
    Sql::new(concat!(member_columns!(), "where m.chat_id = $1 order by m.account_id"));

static LIST_MEMBERS: Sql = Sql::new(concat!(
    member_columns!(),
    "where m.chat_id in (select mine.chat_id from member mine
                         where mine.account_id = $1 and mine.left_at is null)
     order by m.account_id",
));

// On PostgreSQL the lock is a statement of its own: a check and a bump in one
// statement keep the snapshot from before a wait for the lock. SQLite has one
// writer, so there the row needs no lock.
static LOCK: Sql = Sql::per_engine(
    "select 1 from chat where id = $1",
    "select 1 from chat where id = $1 for update",
);

// Held by a receipt that moves marks and by a chat that closes, always after
// the chat's own row, so that one of the two comes first.
static LOCK_MEMBER: Sql = Sql::per_engine(
    "select 1 from member where chat_id = $1 and account_id = $2",
    "select 1 from member where chat_id = $1 and account_id = $2 for update",
);

// What of a send is the chat's. The first four columns of its request are: chat,
// sender, client id, time; those of its place: seq, n, rev.

/// Locks the rows of the chats that are sent to.
pub(crate) const LOCK_MANY: &str = "select id from chat where id = any($1) order by id for update";

/// Moves the counters to a message that is new.
pub(crate) const COUNT_TURN: Turn = Turn { sql: &COUNT, columns: &[0, 3], place: &[0, 1, 2] };

/// Moves the sender's own marks to it: who sends has read.
pub(crate) const MARK_TURN: Turn = Turn { sql: &MARK_SENDER, columns: &[0, 1], place: &[0, 1] };

static COUNT: Sql =
    Sql::new("update chat set last_at = $2, last_seq = $3, last_n = $4, rev = $5 where id = $1");

// No mark is beyond a message that is new.
static MARK_SENDER: Sql = Sql::new(
    "update member set read_seq = $3, read_n = $4, delivered_seq = $3
     where chat_id = $1 and account_id = $2",
);

/// The same two after those that `placed` has, whose last in each chat says so.
macro_rules! follow_placed {
    () => {
        "counted as (
        update chat
        set last_seq = top.seq, last_n = top.n, rev = top.rev, last_at = top.at
        from placed as top
        where id = top.chat_id and top.is_last
     ), marked as (
        update member
        set read_seq = top.seq, read_n = top.n, delivered_seq = top.seq
        from (select chat_id, sender_id, max(seq) as seq, max(n) as n
              from placed group by chat_id, sender_id) as top
        where member.chat_id = top.chat_id and account_id = top.sender_id
     )"
    };
}
pub(crate) use follow_placed;

static BUMP: Sql = Sql::new(
    "update chat set rev = rev + 1
     where id = $1
       and exists (select 1 from message m
                   where m.chat_id = $1 and m.seq = $2 and m.rev = chat.rev + 1)",
);

static MARK: Sql = Sql::new(
    "update member
     set read_n = case when read_seq < $3
                  then (select m.n from message m where m.chat_id = $1 and m.seq = $3)
                  else read_n end,
         read_seq = case when read_seq < $3 then $3 else read_seq end,
         delivered_seq = case when delivered_seq < $4 then $4 else delivered_seq end
     where chat_id = $1 and account_id = $2 and (read_seq < $3 or delivered_seq < $4)
       and left_at is null
       and exists (select 1 from chat c where c.id = $1 and c.closed_at is null)
     returning read_seq, read_n, delivered_seq",
);

// Only as far as the shared mark could not go.
static READ_ALONE: Sql = Sql::new(
    "update account_chat
     set read_seq = $3,
         read_n = (select m.n from message m where m.chat_id = $1 and m.seq = $3)
     where chat_id = $1 and account_id = $2 and read_seq < $3
       and $3 > (select m.read_seq from member m where m.chat_id = $1 and m.account_id = $2)
     returning read_seq, read_n, read_seq",
);
