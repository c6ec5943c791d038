//! Catching up, after a second or a month, in one call.
//!
//! Writes the epoch into `meta`, once. The client says what it holds, the
//! server says what is missing; nothing is kept between calls. Each chat's
//! counters are read before its rows, so an answer may hold newer rows than
//! its `rev` says, never fewer.

use std::collections::HashMap;

use sql::{Batch, Sql, args};

use crate::chat::Chat;
use crate::message::{Budget, Changes, Held, MAX_CHANGES};
use crate::{App, Caller, ChatId, Entropy, Error, Result, account, chat, message};

/// Chats of a request at most: as many counters are compared.
pub const MAX_HELD: usize = 10_000;

/// Chats with rows in one answer, when the client does not say.
pub const DEFAULT_LIMIT: usize = 50;

/// Chats with rows in one answer at most.
pub const MAX_LIMIT: usize = 100;

/// Messages of a chat that is new to the client, when it does not say.
pub const DEFAULT_MESSAGES: i64 = 20;

/// Events of an account in one answer at most; more is a reset.
const MAX_EVENTS: i64 = 1_000;

/// What a client holds.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The epoch it was told, if any.
    pub epoch: Option<String>,
    /// Every event of the account up to here.
    pub arev: i64,
    /// Its chats: the changes, the messages and the sum of marks it holds.
    pub chats: HashMap<ChatId, (Held, i64)>,
    /// How many chats to answer with rows.
    pub limit: usize,
    /// How many of the newest messages to give of a chat, when not all.
    pub messages: i64,
}

/// An event of the account that belongs to no chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountEvent {
    /// Its place.
    pub arev: i64,
    /// The name of the live event.
    pub kind: String,
    /// The live event's payload, JSON.
    pub body: String,
}

/// A chat that has more than the client holds.
#[derive(Clone, Debug)]
pub struct Behind {
    /// The chat as it is.
    pub chat: Chat,
    /// What the client is missing in it.
    pub changes: Changes,
}

/// What is missing.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The account's latest event.
    pub arev: i64,
    /// The client must forget all it holds: this answer starts afresh.
    pub reset: bool,
    /// Events of the account since the client's.
    pub events: Vec<AccountEvent>,
    /// Chats with what is missing, the most active first.
    pub chats: Vec<Behind>,
    /// Chats beyond the limit: only that they changed.
    pub more: Vec<Chat>,
    /// Chats the client holds and no longer has.
    pub gone: Vec<ChatId>,
}

/// The epoch of this store, made when there is none. It changes when a backup
/// is restored; then no counter that a client holds means anything.
pub async fn epoch(db: &sql::Db, entropy: &Entropy) -> Result<String> {
    let fresh = entropy.bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut batch = Batch::new();
    batch.run(&MAKE_EPOCH, args![fresh]);
    let read = batch.run(&EPOCH, args![]);
    let rows = db.write(batch).await?;
    let row = rows[read].first().ok_or_else(|| Error::internal("the store has no epoch"))?;
    Ok(row.get(0)?)
}

/// Gives the store another epoch: what clients hold of it means nothing more,
/// and each starts afresh at its next sync.
pub async fn renew_epoch(db: &sql::Db, entropy: &Entropy) -> Result<()> {
    let mut batch = Batch::new();
    batch.run(&FORGET_EPOCH, args![]);
    db.write(batch).await?;
    epoch(db, entropy).await.map(|_| ())
}

/// What the caller's client is missing.
pub async fn catch_up(
    app: &App,
    caller: &Caller,
    epoch: &str,
    mut request: Request,
) -> Result<Answer> {
    if request.chats.len() > MAX_HELD {
        let detail = format!("At most {MAX_HELD} chats can be compared at once.");
        return Err(Error::bad_input("chats", "sync.too_many", detail));
    }
    let log = Log::read(app, caller, request.arev).await?;
    let holds_nothing = request.arev == 0 && request.chats.is_empty();
    let reset = !holds_nothing && (request.epoch.as_deref() != Some(epoch) || !log.is_whole);
    if reset {
        request.chats.clear();
    }
    let events = if reset || holds_nothing { Vec::new() } else { log.events };
    let mut answer =
        Answer { arev: log.arev, reset, events, chats: vec![], more: vec![], gone: vec![] };
    for chat in chat::list(app, caller).await? {
        let held = request.chats.remove(&chat.id);
        if held == Some((Held { rev: chat.rev, seq: chat.seq }, chat.marks())) {
            continue;
        }
        if answer.chats.len() < request.limit.min(MAX_LIMIT) {
            let changes = missing(app, caller, &chat, held.map(|held| held.0), &request).await?;
            answer.chats.push(Behind { chat, changes });
        } else {
            answer.more.push(chat);
        }
    }
    // What is left of the request is in no list of ours.
    answer.gone = request.chats.into_keys().collect();
    answer.gone.sort_unstable();
    Ok(answer)
}

async fn missing(
    app: &App,
    caller: &Caller,
    chat: &Chat,
    held: Option<Held>,
    request: &Request,
) -> Result<Changes> {
    let newest = request.messages.clamp(1, MAX_CHANGES);
    let all_upto = if held.is_some() { MAX_CHANGES } else { newest };
    // A chat that was left a moment ago has nothing to add.
    match chat::member(app, caller, chat.id).await {
        Ok(member) => {
            let budget = Budget { all_upto, newest };
            // Without a row held there is none that changed since.
            let held = held.unwrap_or(Held { rev: chat.rev, seq: 0 });
            message::changes(app, &member, held, budget).await
        }
        Err(error) if error.kind == crate::Kind::NotFound => Ok(Changes::default()),
        Err(error) => Err(error),
    }
}

/// The account's events since a point.
struct Log {
    arev: i64,
    events: Vec<AccountEvent>,
    /// Nothing since that point has been forgotten.
    is_whole: bool,
}

impl Log {
    async fn read(app: &App, caller: &Caller, held: i64) -> Result<Self> {
        // The counter first: rows that come after it are only newer.
        let arev = account::arev(app, caller.account).await?;
        let mut batch = Batch::new();
        let found = batch.run(&EVENTS, args![caller.account, held, MAX_EVENTS + 1]);
        let floor = batch.run(&FLOOR, args![caller.account]);
        let rows = app.db.read(batch).await?;
        let floor: Option<i64> = rows[floor].first().map_or(Ok(None), |row| row.get(0))?;
        let reaches_back = floor.map_or(held == arev, |floor| held >= floor.saturating_sub(1));
        let fits = i64::try_from(rows[found].len()).unwrap_or(i64::MAX) <= MAX_EVENTS;
        let events = rows[found].iter().map(|row| {
            Ok(AccountEvent { arev: row.get(0)?, kind: row.get(1)?, body: row.get(2)? })
        });
        let events = events.collect::<Result<Vec<_>>>()?;
        let arev = events.last().map_or(arev, |last| last.arev.max(arev));
        Ok(Self { arev, is_whole: held <= arev && reaches_back && fits, events })
    }
}

pub(crate) const STATEMENTS: &[&Sql] = &[&MAKE_EPOCH, &FORGET_EPOCH, &EPOCH, &EVENTS, &FLOOR];

static MAKE_EPOCH: Sql =
    Sql::new("insert into meta (key, value) values ('epoch', $1) on conflict (key) do nothing");

static FORGET_EPOCH: Sql = Sql::new("delete from meta where key = 'epoch'");

static EPOCH: Sql = Sql::new("select value from meta where key = 'epoch'");

static EVENTS: Sql = Sql::new(
    "select arev, kind, body from account_event
     where account_id = $1 and arev > $2
     order by arev limit $3",
);

static FLOOR: Sql = Sql::new("select min(arev) from account_event where account_id = $1");
