//! Durable work: written in the same batch as its cause, done at least once.
//!
//! Owns `job`. A job is claimed with a lease, so a dead worker's work comes
//! back; a failed one is tried again, later each time. What a job carries is
//! wiped when it is done: it may hold a code or a link.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sql::{Batch, Row, Sql, args};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::id::JobId;
use crate::{App, Error, Kind, Result, mail, reset};

/// All work is in one shard as long as there is one database.
const SHARD: i64 = 0;
/// How long a claim holds before another worker may take the job.
const LEASE_MS: i64 = 60_000;
/// How many jobs one claim takes.
const CLAIM: i64 = 16;
/// With the back-off below, the last try comes about half a day after the first.
const MAX_ATTEMPTS: i64 = 20;
/// The longest wait between two tries.
const MAX_BACK_OFF_MS: i64 = 3_600_000;
/// How long a finished job stays on record.
const KEEP_DONE_MS: i64 = 24 * 3_600_000;
/// How long an idle worker waits before it looks for work that nobody
/// announced: due retries, and what a dead worker left.
const IDLE: Duration = Duration::from_secs(2);

/// Something to do, some time.
#[derive(Clone, Debug)]
pub struct Job {
    /// What to do.
    pub work: Work,
    /// While a job of this kind and key is not done, another is not added.
    pub dedup: Option<String>,
    /// Not before this time, in Unix milliseconds; at once when none.
    pub run_at: Option<i64>,
}

impl Job {
    /// To be done as soon as possible.
    #[must_use]
    pub fn now(work: Work) -> Self {
        Self { work, dedup: None, run_at: None }
    }
}

/// The closed list of what can be done later.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Send a mail.
    Mail(mail::Letter),
    /// Mail a link for a new password, if the address has an account.
    Forgot { email: String },
}

impl Work {
    fn kind(&self) -> &'static str {
        match self {
            Self::Mail(_) => "mail",
            Self::Forgot { .. } => "forgot",
        }
    }
}

/// Wakes the workers of this process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

/// Adds `job` to `batch`: it will be done if, and only if, the batch commits.
///
/// The workers are told now, before the commit, and look several times in the
/// moments that follow, so no caller has to remember to wake them after it.
///
/// # Panics
/// Never: a job is made of text and numbers, which JSON can hold.
pub fn enqueue(batch: &mut Batch, app: &App, job: Job) {
    let payload = serde_json::to_string(&job.work).expect("a job is text and numbers");
    let id = JobId::new(&app.clock, &app.entropy);
    let run_at = job.run_at.unwrap_or_else(|| app.clock.now_ms());
    batch.run(&ADD, args![SHARD, id, job.work.kind(), job.dedup, payload, run_at]);
    app.jobs.0.notify_one();
}

/// Does work until the returned future is dropped. Nothing is lost by that:
/// an unfinished job comes back when its lease ends.
pub async fn work(app: &Arc<App>) {
    loop {
        let busy = match run_due(app).await {
            Ok(done) => done > 0,
            Err(error) => {
                tracing::warn!(%error, "the job table cannot be read");
                false
            }
        };
        if !busy {
            wait(app).await;
        }
    }
}

/// Does what is due now; answers how many jobs it took.
///
/// # Errors
/// When the store fails. A job's own failure is not an error here: it is
/// written down and tried again.
pub async fn run_due(app: &Arc<App>) -> Result<usize> {
    let now = app.clock.now_ms();
    // A read first: an idle server writes nothing.
    let due = app.db.row(&DUE, args![SHARD, now]).await?;
    if due.is_none() {
        return Ok(0);
    }
    let mut batch = Batch::new();
    let at = batch.run(&CLAIM_DUE, args![SHARD, now, now + LEASE_MS, CLAIM]);
    batch.run(&FORGET, args![SHARD, now - KEEP_DONE_MS]);
    let claimed = app.db.write(batch).await?.swap_remove(at);
    let count = claimed.len();
    // Side by side, so that one that hangs costs the others no lease.
    let mut running = JoinSet::new();
    for row in claimed {
        let app = Arc::clone(app);
        running.spawn(async move { run_one(&app, &row).await });
    }
    while let Some(done) = running.join_next().await {
        done.map_err(Error::internal)??;
    }
    Ok(count)
}

async fn run_one(app: &App, row: &Row) -> Result<()> {
    let (id, payload, attempts) = (row.get::<JobId>(0)?, row.get::<String>(1)?, row.get(2)?);
    let outcome = match serde_json::from_str(&payload) {
        Ok(Work::Mail(letter)) => mail::deliver(app, letter).await,
        Ok(Work::Forgot { email }) => reset::prepare(app, &email).await.map_err(Failed::from),
        Err(error) => Err(Failed { why: error.to_string(), is_retryable: false }),
    };
    let now = app.clock.now_ms();
    let mut batch = Batch::new();
    match outcome {
        Ok(()) => batch.run(&FINISH, args![SHARD, id, attempts, now]),
        Err(failed) if failed.is_retryable && attempts < MAX_ATTEMPTS => {
            tracing::warn!(
                job.id = %id, job.attempts = attempts, error = %failed.why,
                "a job failed and will be tried again"
            );
            batch.run(&RETRY, args![SHARD, id, attempts, now + back_off_ms(attempts)])
        }
        Err(failed) => {
            tracing::error!(
                job.id = %id, job.attempts = attempts, error = %failed.why,
                "a job failed for good"
            );
            batch.run(&FINISH, args![SHARD, id, attempts, now])
        }
    };
    app.db.write(batch).await.map(drop).map_err(Error::from)
}

/// How a job failed.
pub(crate) struct Failed {
    pub(crate) why: String,
    pub(crate) is_retryable: bool,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let is_retryable = matches!(error.kind, Kind::Unavailable | Kind::Internal);
        Self { why: error.to_string(), is_retryable }
    }
}

/// How many jobs of a kind are not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What they do.
    pub kind: String,
    /// How many there are, those that run now too.
    pub count: i64,
}

/// What is still to be done, for whoever watches the server.
pub async fn waiting(app: &App) -> Result<Vec<Waiting>> {
    let rows = app.db.rows(&WAITING, args![SHARD]).await?;
    rows.iter().map(|row| Ok(Waiting { kind: row.get(0)?, count: row.get(1)? })).collect()
}

/// Returns soon after the bell, or when it is time to look anyway. The bell
/// rings before the commit it announces, so the looks that follow it come at
/// 2, 4, 8 … milliseconds, together about two seconds.
async fn wait(app: &App) {
    if tokio::time::timeout(IDLE, app.jobs.0.notified()).await.is_err() {
        return;
    }
    let mut pause = Duration::from_millis(2);
    while pause < Duration::from_secs(2) {
        match app.db.row(&DUE, args![SHARD, app.clock.now_ms()]).await {
            Ok(None) => tokio::time::sleep(pause).await,
            Ok(Some(_)) | Err(_) => return,
        }
        pause *= 2;
    }
}

fn back_off_ms(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(0);
    (5_000 << doublings).min(MAX_BACK_OFF_MS)
}

static ADD: Sql = Sql::new(
    "insert into job (shard, id, kind, dedup, payload, attempts, run_at) \
     values ($1, $2, $3, $4, $5, 0, $6) on conflict do nothing",
);
static DUE: Sql = Sql::new(
    "select run_at from job where shard = $1 and done_at is null and run_at <= $2 \
     and (lease_until is null or lease_until <= $2) limit 1",
);
// Two workers must not wait for each other, nor take the same job: on SQLite
// there is one writer, PostgreSQL skips what another has locked.
static CLAIM_DUE: Sql = Sql::per_engine(
    "update job set lease_until = $3, attempts = attempts + 1 where shard = $1 and id in \
     (select id from job where shard = $1 and done_at is null and run_at <= $2 \
      and (lease_until is null or lease_until <= $2) order by run_at limit $4) \
     returning id, payload, attempts",
    "update job set lease_until = $3, attempts = attempts + 1 where shard = $1 and id in \
     (select id from job where shard = $1 and done_at is null and run_at <= $2 \
      and (lease_until is null or lease_until <= $2) order by run_at limit $4 \
      for update skip locked) \
     returning id, payload, attempts",
);
// `attempts` names the claim: one whose lease ran out changes nothing.
static FINISH: Sql = Sql::new(
    "update job set done_at = $4, payload = '', lease_until = null \
     where shard = $1 and id = $2 and attempts = $3",
);
static RETRY: Sql = Sql::new(
    "update job set run_at = $4, lease_until = null \
     where shard = $1 and id = $2 and attempts = $3",
);
static FORGET: Sql = Sql::new("delete from job where shard = $1 and done_at < $2");

static WAITING: Sql = Sql::new(
    "select kind, count(*) from job where shard = $1 and done_at is null group by kind order by kind",
);

pub(crate) const STATEMENTS: &[&Sql] =
    &[&ADD, &DUE, &CLAIM_DUE, &FINISH, &RETRY, &FORGET, &WAITING];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_later_and_later_but_within_the_hour() {
        let waits: Vec<_> = (1..=MAX_ATTEMPTS).map(back_off_ms).collect();
        assert_eq!(waits[..4], [5_000, 10_000, 20_000, 40_000]);
        assert!(waits.is_sorted());
        assert_eq!(waits.last(), Some(&MAX_BACK_OFF_MS));
        let total: i64 = waits.iter().sum();
        assert!((8 * 3_600_000..24 * 3_600_000).contains(&total), "{total}");
    }
}
