//! People and what they are to each other: request, accept, remove, block.
//!
//! Owns `pair` and `friend`. What two people are to each other is decided on
//! the one `pair` row, guarded by its version; `friend` is how each sees it.
//! Friends have a direct chat: it opens with the friendship and closes with it.

use serde::Serialize;
use serde_json::json;
use sql::{Batch, Row, Rows, Sql, args};

use crate::account::{self, Entry};
use crate::{AccountId, App, Caller, ChatId, Error, Event, Kind, Result, chat};

mod pair;

use pair::Pair;

/// How often a change starts again after the other one's came between.
const TRIES: usize = 8;
/// Requests of one's own that may wait for an answer, and those of others that
/// are listed, the newest first.
const REQUESTS_MAX: i64 = 500;
/// The friends that are listed.
const FRIENDS_MAX: i64 = 5_000;

/// What `person` is to the one who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// Nothing.
    None,
    /// I asked, no answer yet.
    Asked,
    /// They asked me.
    Asking,
    /// We are friends.
    Friend,
    /// I blocked them.
    Blocked,
}

impl Relation {
    /// The live event that tells of a change to this relation.
    #[must_use]
    pub fn event(self) -> &'static str {
        match self {
            Self::Asked | Self::Asking => "friend.request",
            Self::Friend => "friend.accepted",
            Self::None | Self::Blocked => "friend.removed",
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Asked => "asked",
            Self::Asking => "asking",
            Self::Friend => "friend",
            Self::Blocked => "blocked",
        }
    }

    pub(crate) fn read(text: Option<&str>) -> Result<Self> {
        Ok(match text {
            None => Self::None,
            Some("asked") => Self::Asked,
            Some("asking") => Self::Asking,
            Some("friend") => Self::Friend,
            Some("blocked") => Self::Blocked,
            Some(other) => return Err(Error::internal(format!("a relation is {other:?}"))),
        })
    }
}

/// An account as another one sees it. Its JSON is the native spelling,
/// because the log of an account stores bodies ready to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Who it is.
    pub id: AccountId,
    /// The name shown.
    pub name: String,
    /// The unique handle, if one was chosen.
    pub username: Option<String>,
    /// Where the photo is.
    pub photo: Option<String>,
    /// What they are to the one who looks.
    pub relation: Relation,
}

/// What somebody says of themselves to those they have to do with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Who it is.
    pub person: Person,
    /// Some lines about them; empty when they say nothing.
    pub bio: String,
}

/// What a verb made of two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the other one is to the caller now.
    pub relation: Relation,
    /// Their direct chat, when they are friends.
    pub chat: Option<ChatId>,
}

/// Wants to be friends: asks, or accepts when they have asked. Two who ask at
/// once become friends.
///
/// Asking again soon after they declined is answered like any request, but
/// does not reach them: a refusal need not be given twice.
///
/// # Errors
/// When there is no such person, one of the two blocks the other, too many
/// requests wait for an answer, or this one was withdrawn a short while ago.
pub async fn want(app: &App, caller: &Caller, peer: AccountId) -> Result<Standing> {
    let has_room = app.db.row(&FULL, args![caller.account, REQUESTS_MAX]).await?.is_none();
    change(app, caller, peer, |pair, me, now| {
        if pair.blocks(pair.other(me)) {
            return Err(not_found());
        }
        if pair.blocks(me) {
            let detail = "You block this person. Unblock them first.";
            return Err(Error::conflict("friend.blocked", detail));
        }
        if let Some(wait) = pair.pause_of(me, now) {
            let detail = "You withdrew your request a short while ago. Ask again later.";
            let wait = u64::try_from(wait).unwrap_or_default();
            return Err(Error {
                detail: detail.to_owned(),
                ..Error::too_many("friend.too_soon", wait)
            });
        }
        let wanted = pair.wanted_by(me, now);
        if !has_room && wanted.as_ref().is_some_and(|pair| !pair.is_friends()) {
            let detail = "Too many of your requests wait for an answer. Withdraw some first.";
            return Err(Error::new(Kind::TooMany, "friend.too_many", detail));
        }
        Ok(wanted)
    })
    .await
}

/// Declines, withdraws, or ends the friendship. Nothing to end is no error.
///
/// # Errors
/// When there is no such person.
pub async fn drop(app: &App, caller: &Caller, peer: AccountId) -> Result<Standing> {
    change(app, caller, peer, |pair, me, now| Ok(pair.dropped_by(me, now))).await
}

/// Blocks somebody: they no longer find the caller, and all else ends.
///
/// # Errors
/// When there is no such person.
pub async fn block(app: &App, caller: &Caller, peer: AccountId) -> Result<Standing> {
    change(app, caller, peer, |pair, me, _| Ok(pair.blocked_by(me))).await
}

/// Takes a block back. What it ended stays ended.
///
/// # Errors
/// When there is no such person.
pub async fn unblock(app: &App, caller: &Caller, peer: AccountId) -> Result<Standing> {
    change(app, caller, peer, |pair, me, _| Ok(pair.unblocked_by(me))).await
}

/// Reads the pair, lets `decide` say what becomes of it, and writes that if
/// the pair is still what was read; else starts again.
async fn change(
    app: &App,
    caller: &Caller,
    peer: AccountId,
    decide: impl Fn(&Pair, AccountId, i64) -> Result<Option<Pair>>,
) -> Result<Standing> {
    if peer == caller.account {
        let detail = "You cannot do this with yourself.";
        return Err(Error::bad_input("account", "friend.oneself", detail));
    }
    let sides = Sides::load(app, caller.account, peer).await?;
    for _ in 0..TRIES {
        let old = load_pair(app, caller.account, peer).await?;
        let now = app.clock.now_ms();
        let Some(new) = decide(&old, caller.account, now)? else {
            return Ok(standing(&old, caller.account));
        };
        if write(app, &sides, &old, &new).await? {
            return Ok(standing(&new, caller.account));
        }
    }
    Err(Error::unavailable("friend.busy", "This is being changed elsewhere. Try again."))
}

fn standing(pair: &Pair, me: AccountId) -> Standing {
    let relation = pair.seen_by(me);
    Standing { relation, chat: (relation == Relation::Friend).then_some(pair.id) }
}

/// The two people of a pair; the relation inside is not theirs yet.
struct Sides {
    low: Person,
    high: Person,
}

impl Sides {
    async fn load(app: &App, me: AccountId, peer: AccountId) -> Result<Self> {
        let (low, high) = (me.min(peer), me.max(peer));
        let rows = app.db.rows(&SIDES, args![low, high]).await?;
        let mut people = rows.iter().map(|row| read(row, Relation::None));
        match (people.next(), people.next()) {
            (Some(low), Some(high)) => Ok(Self { low: low?, high: high? }),
            _ => Err(not_found()),
        }
    }

    /// How `account` sees the other one.
    fn seen_by(&self, account: AccountId, pair: &Pair) -> Person {
        let other = if account == self.low.id { &self.high } else { &self.low };
        Person { relation: pair.seen_by(account), ..other.clone() }
    }
}

/// Writes `new` over `old` with all that follows from it; answers whether
/// `old` was still there.
async fn write(app: &App, sides: &Sides, old: &Pair, new: &Pair) -> Result<bool> {
    let now = app.clock.now_ms();
    let mut batch = Batch::new();
    batch.run(&ENSURE, args![old.id, old.low, old.high]);
    let guard_at = batch.demand(1, &DECIDE, new.args(old.version));
    let chat = change_chat(&mut batch, old, new, now);
    let changed: Vec<AccountId> = [old.low, old.high]
        .into_iter()
        .filter(|&account| old.seen_by(account) != new.seen_by(account))
        .collect();
    for &account in &changed {
        project(&mut batch, new, account, now);
    }
    let mut told: Vec<(Entry, Event)> =
        changed.iter().map(|&account| tell_friend(sides, new, account)).collect();
    if chat.is_some() && new.is_friends() {
        told.extend([old.low, old.high].map(|account| tell_chat(new, account)));
    }
    let (entries, events): (Vec<Entry>, Vec<Event>) = told.into_iter().unzip();
    let places = account::record(&mut batch, &entries, now);
    match app.db.write(batch).await {
        Ok(rows) => {
            publish(app, &rows, chat, events.into_iter().zip(places))?;
            Ok(true)
        }
        Err(sql::Error::Demand { statement, .. }) if statement == guard_at => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn change_chat(batch: &mut Batch, old: &Pair, new: &Pair, now: i64) -> Option<chat::Change> {
    match (old.is_friends(), new.is_friends()) {
        (false, true) => Some(chat::open_direct(batch, old.low, old.high, now)),
        (true, false) => Some(chat::close_direct(batch, old.low, old.high, now)),
        _ => None,
    }
}

/// Writes how `account` sees the other one.
fn project(batch: &mut Batch, pair: &Pair, account: AccountId, now: i64) {
    let peer = pair.other(account);
    match pair.seen_by(account) {
        Relation::None => batch.run(&FORGET, args![account, peer]),
        seen => batch.run(&SEE, args![account, peer, seen.as_str(), now]),
    };
}

/// What `account` is told of its new relation, for the log and live.
fn tell_friend(sides: &Sides, pair: &Pair, account: AccountId) -> (Entry, Event) {
    let person = sides.seen_by(account, pair);
    let chat = (person.relation == Relation::Friend).then_some(pair.id);
    let body = match chat {
        Some(chat) => json!({ "person": person, "chat": chat }),
        None => json!({ "person": person }),
    };
    let entry = Entry {
        account,
        kind: person.relation.event(),
        source: format!("friend:{}:{}", pair.id, pair.version),
        body: body.to_string(),
    };
    (entry, Event::FriendChanged { account, arev: 0, person, chat })
}

/// What `account` is told of the chat that opened, for the log and live.
fn tell_chat(pair: &Pair, account: AccountId) -> (Entry, Event) {
    let entry = Entry {
        account,
        kind: "chat.new",
        source: format!("chat:{}:{}", pair.id, pair.version),
        body: json!({ "chat": pair.id }).to_string(),
    };
    (entry, Event::ChatOpened { account, chat: pair.id, arev: 0 })
}

/// Publishes what was committed, each event with the number its entry got.
fn publish(
    app: &App,
    rows: &Rows,
    chat: Option<chat::Change>,
    told: impl Iterator<Item = (Event, usize)>,
) -> Result<()> {
    for (event, place) in told {
        let number = rows[place][0].get(0)?;
        app.bus.publish(&match event {
            Event::ChatOpened { account, chat, .. } => {
                Event::ChatOpened { account, chat, arev: number }
            }
            Event::FriendChanged { account, person, chat, .. } => {
                Event::FriendChanged { account, arev: number, person, chat }
            }
            other => other,
        });
    }
    if let Some(event) = chat.map(|chat| chat.event(rows)).transpose()?.flatten() {
        app.bus.publish(&event);
    }
    Ok(())
}

/// The caller's friends.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Person>> {
    listed(app, caller, Relation::Friend, FRIENDS_MAX).await
}

/// The requests that wait for an answer, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requests {
    /// They asked the caller.
    pub incoming: Vec<Person>,
    /// The caller asked them.
    pub outgoing: Vec<Person>,
}

/// The caller's open requests.
pub async fn requests(app: &App, caller: &Caller) -> Result<Requests> {
    Ok(Requests {
        incoming: listed(app, caller, Relation::Asking, REQUESTS_MAX).await?,
        outgoing: listed(app, caller, Relation::Asked, REQUESTS_MAX).await?,
    })
}

/// Whom the caller blocks.
pub async fn blocked(app: &App, caller: &Caller) -> Result<Vec<Person>> {
    listed(app, caller, Relation::Blocked, FRIENDS_MAX).await
}

async fn listed(app: &App, caller: &Caller, seen: Relation, max: i64) -> Result<Vec<Person>> {
    let rows = app.db.rows(&LIST, args![caller.account, seen.as_str(), max]).await?;
    rows.iter().map(|row| read(row, seen)).collect()
}

async fn ids(app: &App, account: AccountId) -> Result<Vec<AccountId>> {
    let rows = app.db.rows(&IDS, args![account]).await?;
    rows.iter().map(|row| Ok(row.get(0)?)).collect()
}

/// Those of `others` that are friends of `account`.
pub async fn among(app: &App, account: AccountId, others: &[AccountId]) -> Result<Vec<AccountId>> {
    let friends: std::collections::HashSet<_> = ids(app, account).await?.into_iter().collect();
    Ok(others.iter().copied().filter(|other| friends.contains(other)).collect())
}

/// Somebody the caller has to do with.
///
/// # Errors
/// When the two have nothing to do with each other, or there is nobody.
pub async fn profile(app: &App, caller: &Caller, peer: AccountId) -> Result<Profile> {
    let row = app.db.row(&PROFILE, args![caller.account, peer]).await?.ok_or_else(not_found)?;
    let person = read(&row, Relation::read(Some(&row.get::<String>(4)?))?)?;
    Ok(Profile { person, bio: row.get(5)? })
}

/// Absent, or not the caller's to see.
pub(crate) fn not_found() -> Error {
    Error::not_found("person.not_found")
}

pub(crate) fn read(row: &Row, relation: Relation) -> Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        username: row.get(2)?,
        photo: row.get(3)?,
        relation,
    })
}

async fn load_pair(app: &App, one: AccountId, other: AccountId) -> Result<Pair> {
    let pair = Pair::strangers(one, other);
    match app.db.row(&PAIR, args![pair.id]).await? {
        Some(row) => pair.stored(&row),
        None => Ok(pair),
    }
}

pub(crate) const STATEMENTS: &[&Sql] =
    &[&SIDES, &PAIR, &ENSURE, &DECIDE, &SEE, &FORGET, &LIST, &FULL, &IDS, &PROFILE];

const SIDES: Sql = Sql::new(
    "select id, name, username, photo from account
     where id in ($1, $2) and deleted_at is null order by id",
);

const PAIR: Sql = Sql::new(
    "select state, declined_by, declined_at, withdrawn_by, withdrawn_at, low_blocks, high_blocks,
            version
     from pair where id = $1",
);

const ENSURE: Sql = Sql::new(
    "insert into pair (id, low, high, state, low_blocks, high_blocks, version)
     values ($1, $2, $3, 'ended', false, false, 0) on conflict (id) do nothing",
);

const DECIDE: Sql = Sql::new(
    "update pair set state = $3, declined_by = $4, declined_at = $5, withdrawn_by = $6,
       withdrawn_at = $7, low_blocks = $8, high_blocks = $9, version = version + 1
     where id = $1 and version = $2",
);

const SEE: Sql = Sql::new(
    "insert into friend (account_id, peer_id, state, updated_at) values ($1, $2, $3, $4)
     on conflict (account_id, peer_id) do update
     set state = excluded.state, updated_at = excluded.updated_at",
);

const FORGET: Sql = Sql::new("delete from friend where account_id = $1 and peer_id = $2");

const LIST: Sql = Sql::new(
    "select a.id, a.name, a.username, a.photo from friend f join account a on a.id = f.peer_id
     where f.account_id = $1 and f.state = $2 and a.deleted_at is null
     order by f.updated_at desc, a.id limit $3",
);

// One row says that there are as many as may be.
const FULL: Sql = Sql::new(
    "select peer_id from friend where account_id = $1 and state = 'asked'
     order by peer_id limit 1 offset $2 - cast(1 as bigint)",
);

const IDS: Sql = Sql::new("select peer_id from friend where account_id = $1 and state = 'friend'");

const PROFILE: Sql = Sql::new(
    "select a.id, a.name, a.username, a.photo, f.state, a.bio
     from friend f join account a on a.id = f.peer_id
     where f.account_id = $1 and f.peer_id = $2 and a.deleted_at is null",
);
