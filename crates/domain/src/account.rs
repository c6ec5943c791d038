//! Accounts: who somebody is, and the log of what is theirs alone.
//!
//! Owns `account`, `identity` and `account_event`. Whoever holds an
//! `identity` row holds that address or username; there is no other check.

use std::sync::Arc;

use serde::Serialize;
use serde_json::json;
use sql::{Batch, Row, Sql, args};

use crate::profile::{Bio, Email, Name, Username, fold};
use crate::{AccountId, App, Caller, Error, Event, Result};

/// How often an update starts again after somebody else's came between.
const TRIES: usize = 5;
/// How long the log of an account reaches back.
const EVENTS_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// How many entries it has at most.
const EVENTS_KEPT: i64 = 10_000;

/// An account as its owner sees it. Its JSON is the native spelling, because
/// the log of an account stores bodies ready to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Who it is.
    pub id: AccountId,
    /// Where mail goes.
    pub email: String,
    /// The name shown.
    pub name: String,
    /// The unique handle, if one was chosen.
    pub username: Option<String>,
    /// A few words about oneself.
    pub bio: String,
    /// Where the photo is.
    pub photo: Option<String>,
    /// `member` or `admin`.
    pub role: String,
    /// When it was made.
    pub created_at: i64,
    /// Guards updates; never shown.
    #[serde(skip)]
    pub version: i64,
}

/// A change to one's own profile; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<Name>,
    /// Another username, or none.
    pub username: Option<Option<Username>>,
    /// Another bio.
    pub bio: Option<Bio>,
}

/// What a new account starts from.
pub(crate) struct New {
    pub(crate) id: AccountId,
    pub(crate) email: Email,
    pub(crate) name: Name,
    pub(crate) username: Option<Username>,
    pub(crate) password_hash: Option<String>,
}

/// Where the statements of [`create`] stand in their batch: their demands
/// fail when the address or the username is held by somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Created {
    pub(crate) email_at: usize,
    pub(crate) username_at: Option<usize>,
}

impl Created {
    /// Whether the statement is one of the two.
    pub(crate) fn is_at(&self, statement: usize) -> bool {
        statement == self.email_at || Some(statement) == self.username_at
    }
}

/// An entry in an account's log: the `kind` and `body` of the live event, and
/// the `source` that makes a repeat harmless (what changed, and its version).
#[derive(Clone, Debug)]
pub struct Entry {
    /// Whose log.
    pub account: AccountId,
    /// The name of the live event.
    pub kind: &'static str,
    /// What changed, with its version.
    pub source: String,
    /// The event's payload without its `arev`, as JSON.
    pub body: String,
}

/// Adds an account with its address and username.
pub(crate) fn create(batch: &mut Batch, new: &New, now: i64) -> Created {
    let email_at = batch.demand(1, &HOLD, args!["email", new.email.as_str(), new.id]);
    let username = new.username.as_ref().map(Username::as_str);
    let username_at = username.map(|name| batch.demand(1, &HOLD, args!["username", name, new.id]));
    let folded = fold(new.name.as_str());
    let hash = new.password_hash.clone();
    let (name, email) = (new.name.as_str(), new.email.as_str());
    batch.run(&INSERT, args![new.id, name, folded, username, email, hash, now]);
    Created { email_at, username_at }
}

/// Locks the account's row and undoes the batch when its password is no longer
/// the one that was checked: a sign-in must not outlive a reset.
pub(crate) fn hold_password(batch: &mut Batch, account: AccountId, password_hash: &str) -> usize {
    batch.demand(1, &HOLD_PASSWORD, args![account, password_hash])
}

/// Sets another password.
pub(crate) fn set_password(batch: &mut Batch, account: AccountId, password_hash: &str) {
    batch.demand(1, &SET_PASSWORD, args![account, password_hash]);
}

/// Notes when somebody was last here; never goes back.
pub fn seen(batch: &mut Batch, account: AccountId, at: i64) {
    batch.run(&SEEN, args![account, at]);
}

/// Adds each entry to its account's log, which loses its oldest one beyond the
/// most that are kept; accounts in ascending order, so that two batches never
/// wait for each other. The row at the place answered for an
/// entry, in the order given, holds its new `arev`.
pub fn record(batch: &mut Batch, entries: &[Entry], now: i64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|&at| entries[at].account);
    let mut places = vec![0; entries.len()];
    for at in order {
        let Entry { account, kind, source, body } = &entries[at];
        places[at] = batch.demand(1, &BUMP, args![*account]);
        batch.run(&RECORD, args![*account, *kind, source, body, now]);
        batch.run(&CROP, args![*account, EVENTS_KEPT]);
    }
    places
}

/// Changes one's own profile.
///
/// # Errors
/// When the username is held by somebody else.
pub async fn update(app: &App, caller: &Caller, change: &Change) -> Result<Account> {
    for _ in 0..TRIES {
        let old = load(app, caller.account).await?;
        let new = apply(&old, change);
        if new == old {
            return Ok(old);
        }
        if let Some(arev) = write(app, &old, &new).await? {
            app.bus.publish(&Event::AccountUpdated { arev, account: Arc::new(new.clone()) });
            return Ok(new);
        }
    }
    Err(Error::unavailable("account.busy", "The profile is being changed elsewhere."))
}

fn apply(old: &Account, change: &Change) -> Account {
    let mut new = old.clone();
    if let Some(name) = &change.name {
        new.name = name.to_string();
    }
    if let Some(username) = &change.username {
        new.username = username.as_ref().map(ToString::to_string);
    }
    if let Some(bio) = &change.bio {
        new.bio = bio.to_string();
    }
    new
}

/// Writes `new` over `old` and answers its `arev`, or nothing when another
/// change came between.
async fn write(app: &App, old: &Account, new: &Account) -> Result<Option<i64>> {
    let now = app.clock.now_ms();
    let mut batch = Batch::new();
    let guard_at = batch.demand(
        1,
        &UPDATE,
        args![new.id, &new.name, fold(&new.name), new.username.clone(), &new.bio, old.version],
    );
    let mut taken_at = None;
    if new.username != old.username {
        if let Some(name) = &old.username {
            batch.run(&RELEASE, args!["username", name, old.id]);
        }
        taken_at = new
            .username
            .as_ref()
            .map(|name| batch.demand(1, &HOLD, args!["username", name, new.id]));
    }
    let entry = Entry {
        account: new.id,
        kind: "account.updated",
        source: format!("account:{}", old.version + 1),
        body: json!({ "account": new }).to_string(),
    };
    let arev_at = record(&mut batch, &[entry], now)[0];
    match app.db.write(batch).await {
        Ok(rows) => Ok(Some(rows[arev_at][0].get(0)?)),
        Err(sql::Error::Demand { statement, .. }) if statement == guard_at => Ok(None),
        Err(sql::Error::Demand { statement, .. }) if Some(statement) == taken_at => {
            Err(username_taken())
        }
        Err(error) => Err(error.into()),
    }
}

/// Somebody else holds the username.
pub(crate) fn username_taken() -> Error {
    Error {
        field: Some("username"),
        ..Error::conflict("account.username_taken", "Somebody else has this username.")
    }
}

/// The account, unless it was deleted.
///
/// # Errors
/// When there is none.
pub async fn load(app: &App, id: AccountId) -> Result<Account> {
    let row = app.db.row(&LOAD, args![id]).await?;
    row.as_ref().ok_or_else(|| Error::not_found("account.not_found")).and_then(read)
}

/// The account's counter of what is theirs alone.
pub async fn arev(app: &App, id: AccountId) -> Result<i64> {
    let row = app.db.row(&AREV, args![id]).await?;
    read_arev(row.as_ref())
}

/// The same as one of several questions; [`read_arev`] reads the answer.
pub(crate) fn ask_arev(batch: &mut Batch, id: AccountId) {
    batch.run(&AREV, args![id]);
}

pub(crate) fn read_arev(row: Option<&Row>) -> Result<i64> {
    Ok(row.ok_or_else(|| Error::not_found("account.not_found"))?.get(0)?)
}

/// Who holds an address or username, and the hash of their password.
pub(crate) struct Holder {
    pub(crate) id: AccountId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) password_hash: Option<String>,
}

/// Who holds the address or username.
pub(crate) async fn holder(app: &App, kind: &str, value: &str) -> Result<Option<Holder>> {
    let Some(row) = app.db.row(&HOLDER, args![kind, value]).await? else { return Ok(None) };
    Ok(Some(Holder {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        password_hash: row.get(3)?,
    }))
}

fn read(row: &Row) -> Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        username: row.get(3)?,
        bio: row.get(4)?,
        photo: row.get(5)?,
        role: row.get(6)?,
        created_at: row.get(7)?,
        version: row.get(8)?,
    })
}

/// Removes old log entries; a client that was away for longer starts afresh.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    let mut batch = Batch::new();
    batch.run(&SWEEP, args![app.clock.now_ms() - EVENTS_KEPT_MS]);
    app.db.write(batch).await?;
    Ok(())
}

pub(crate) const STATEMENTS: &[&Sql] = &[
    &HOLD,
    &RELEASE,
    &HOLDER,
    &INSERT,
    &UPDATE,
    &HOLD_PASSWORD,
    &SET_PASSWORD,
    &SEEN,
    &LOAD,
    &AREV,
    &BUMP,
    &RECORD,
    &CROP,
    &SWEEP,
];

const HOLD: Sql = Sql::new(
    "insert into identity (kind, value, account_id) values ($1, $2, $3)
     on conflict (kind, value) do nothing",
);

const RELEASE: Sql =
    Sql::new("delete from identity where kind = $1 and value = $2 and account_id = $3");

const HOLDER: Sql = Sql::new(
    "select a.id, a.name, a.email, a.password_hash from identity i join account a on a.id = i.account_id
     where i.kind = $1 and i.value = $2 and a.deleted_at is null",
);

const INSERT: Sql = Sql::new(
    "insert into account
     (id, name, folded_name, username, bio, email, password_hash, role, arev, version, created_at)
     values ($1, $2, $3, $4, '', $5, $6, 'member', 0, 1, $7)",
);

const UPDATE: Sql = Sql::new(
    "update account
     set name = $2, folded_name = $3, username = $4, bio = $5, version = version + 1
     where id = $1 and version = $6 and deleted_at is null",
);

const HOLD_PASSWORD: Sql = Sql::new(
    "update account set version = version
     where id = $1 and password_hash = $2 and deleted_at is null",
);

const SET_PASSWORD: Sql = Sql::new(
    "update account set password_hash = $2, version = version + 1
     where id = $1 and deleted_at is null",
);

const SEEN: Sql = Sql::new(
    "update account set last_seen_at = $2
     where id = $1 and (last_seen_at is null or last_seen_at < $2)",
);

const LOAD: Sql = Sql::new(
    "select id, email, name, username, bio, photo, role, created_at, version
     from account where id = $1 and deleted_at is null",
);

const AREV: Sql = Sql::new("select arev from account where id = $1 and deleted_at is null");

const BUMP: Sql = Sql::new("update account set arev = arev + 1 where id = $1 returning arev");

const RECORD: Sql = Sql::new(
    "insert into account_event (account_id, arev, kind, source_id, body, created_at)
     values ($1, (select arev from account where id = $1), $2, $3, $4, $5)
     on conflict (account_id, source_id) do nothing",
);

const CROP: Sql = Sql::new(
    "delete from account_event
     where account_id = $1
       and arev <= (select arev from account where id = $1) - cast($2 as bigint)",
);

const SWEEP: Sql = Sql::new(
    "delete from account_event where (account_id, arev) in
     (select account_id, arev from account_event where created_at < $1 limit 500)",
);
