//! The thread that owns the writing connection.
//!
//! It commits in groups: whatever queued while the previous commit ran, with
//! no timer, so an idle store commits at once. When a batch fails, the group is
//! undone and run again with a savepoint for each, so that the failed one undoes
//! itself only; where it met damage that is its own, it is left out. Nobody is
//! answered before COMMIT.
//!
//! After a failed write or sync the file can no longer be trusted: the kernel
//! may have dropped what it could not write, and a second sync would succeed.
//! The thread then refuses every write until the program is restarted.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use rusqlite::Connection;

use super::apply::Write;
use super::file::LOG_PAGES;
use super::reserve::Reserve;
use super::session::{Fault, Session};
use crate::Error;
use crate::db::Rows;
use crate::options::{self, BeforeCommit};
use crate::queue::Queue;
use crate::relay::{self, Answer};

type Group = Vec<(Write, Answer)>;
type Results = Vec<Result<Rows, Error>>;

/// Why nothing of a group was committed.
enum Ended {
    /// What everybody met.
    By(Fault),
    /// Damage that the write at this place met, and that is no other's. What comes
    /// behind it would fail too, so the others begin anew.
    ByDamage { at: usize, error: Error },
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Self::By(fault)
    }
}

/// What keeps the batches of a group apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Isolation {
    None,
    Savepoints,
}

/// Answers with what must end the writing.
type Call = Box<dyn FnOnce(&Connection) -> Option<Error> + Send>;

pub(super) enum Job {
    Write(Write, Answer),
    /// Something rare that needs the connection outside any transaction.
    Call(Call),
}

pub(super) struct Writer<'c> {
    session: Session<'c>,
    queue: Arc<Queue<Job>>,
    broken: Arc<OnceLock<String>>,
    /// How many batches may share a commit.
    group: usize,
    before_commit: Option<BeforeCommit>,
    log_pages: Arc<AtomicU32>,
    reserve: Reserve,
}

/// What the thread is given by its store.
pub(super) struct Setup {
    pub(super) queue: Arc<Queue<Job>>,
    pub(super) broken: Arc<OnceLock<String>>,
    pub(super) group: usize,
    pub(super) before_commit: Option<BeforeCommit>,
}

/// Counts the pages of the log. The engine's own checkpoint is switched off,
/// because it hides its errors and runs before the answers.
pub(super) fn watch_log(connection: &mut Connection) -> rusqlite::Result<Arc<AtomicU32>> {
    let pages = Arc::new(AtomicU32::new(0));
    let seen = pages.clone();
    connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, now: std::ffi::c_int| {
        seen.store(now.unsigned_abs(), Ordering::Relaxed);
        Ok(())
    }))?;
    Ok(pages)
}

impl<'c> Writer<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        setup: Setup,
        (log_pages, reserve): (Arc<AtomicU32>, Reserve),
    ) -> Self {
        let Setup { queue, broken, group, before_commit } = setup;
        let session = Session::new(connection);
        Self { session, queue, broken, group, before_commit, log_pages, reserve }
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        let queue = self.queue.clone();
        while let Some(jobs) = queue.take(self.group) {
            let mut group = Vec::with_capacity(jobs.len());
            for job in jobs {
                match job {
                    Job::Write(write, answer) => group.push((write, answer)),
                    Job::Call(call) => {
                        self.commit(std::mem::take(&mut group));
                        if self.broken.get().is_none()
                            && let Some(error) = call(self.session.connection)
                        {
                            self.break_off(&error);
                        }
                    }
                }
            }
            self.commit(group);
            if self.log_pages.load(Ordering::Relaxed) >= LOG_PAGES {
                self.checkpoint();
            }
            // Who was just answered may share the core, and brings more for the next
            // commit; where nobody waits for the core this is over at once.
            std::thread::yield_now();
        }
    }

    fn commit(&mut self, group: Group) {
        if group.is_empty() {
            return;
        }
        let group = if self.reserve.has_room() { group } else { only_vital(group) };
        self.attempt(group);
    }

    fn attempt(&mut self, group: Group) {
        if group.is_empty() {
            return;
        }
        let (mut writes, mut answers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let error = match self.transaction(&writes) {
            Ok(results) => return relay::send_all(answers.into_iter().zip(results)),
            Err(Ended::ByDamage { at, error }) => {
                writes.remove(at);
                relay::send_all([(answers.remove(at), Err(error))]);
                return self.attempt(writes.into_iter().zip(answers).collect());
            }
            Err(Ended::By(fault)) if fault.is_fatal() => {
                let error = fault.into_error("commit");
                self.break_off(&error);
                error
            }
            Err(Ended::By(fault)) => fault.into_error("commit"),
        };
        if error == Error::DiskFull && self.make_room() {
            // At most once, because the reserve is spent now.
            return self.attempt(only_vital(writes.into_iter().zip(answers).collect()));
        }
        relay::send_all(answers.into_iter().map(|answer| (answer, Err(error.clone()))));
    }

    /// Frees what can be freed on a full disk; false when nothing was left.
    fn make_room(&mut self) -> bool {
        let is_more = self.reserve.spend();
        // The log may be what fills the disk: copied, it is reused.
        self.checkpoint();
        is_more
    }

    /// Runs the group. After an error here nothing was committed.
    fn transaction(&mut self, group: &[Write]) -> Result<Results, Ended> {
        if let Some(why) = self.broken.get() {
            return Err(Fault::Ours(Error::Unavailable(why.clone())).into());
        }
        // Inside a savepoint the engine copies each page before it is changed.
        // Batches hardly ever fail, so that price is paid only when one has.
        let results = self.run_group(group, Isolation::None)?;
        if group.len() > 1 && results.iter().any(Result::is_err) {
            return self.run_group(group, Isolation::Savepoints);
        }
        Ok(results)
    }

    fn run_group(&mut self, group: &[Write], isolation: Isolation) -> Result<Results, Ended> {
        self.session.run_raw("begin immediate", &[])?;
        let results = self.fill(group, isolation);
        if results.is_err() {
            self.roll_back();
        }
        results
    }

    /// Commits what can be: without isolation all or nothing, and then the
    /// answer ends with the batch that failed.
    fn fill(&mut self, group: &[Write], isolation: Isolation) -> Result<Results, Ended> {
        let mut results = Vec::with_capacity(group.len());
        for write in group {
            let result = match isolation {
                Isolation::None => self.session.apply(write)?,
                Isolation::Savepoints => self.savepoint(write)?,
            };
            if group.len() > 1
                && let Err(error @ Error::Corrupt(_)) = result
            {
                return Err(Ended::ByDamage { at: results.len(), error });
            }
            let is_over = isolation == Isolation::None && result.is_err();
            results.push(result);
            if is_over {
                self.roll_back();
                return Ok(results);
            }
        }
        if results.iter().all(Result::is_err) {
            self.roll_back();
            return Ok(results);
        }
        if let Some(hook) = &self.before_commit {
            hook(group.len()).map_err(injected)?;
        }
        self.session.run_raw("commit", &[])?;
        Ok(results)
    }

    /// Like [`Session::apply`], and undoes a write that fails.
    fn savepoint(&mut self, write: &Write) -> Result<Result<Rows, Error>, Fault> {
        self.session.run_raw("savepoint one", &[])?;
        let result = self.session.apply(write)?;
        if matches!(result, Err(Error::Corrupt(_))) {
            // The whole group will be undone, and nothing else is tried on damage.
            return Ok(result);
        }
        if result.is_err() {
            self.session.run_raw("rollback to one", &[])?;
        }
        self.session.run_raw("release one", &[])?;
        Ok(result)
    }

    fn roll_back(&mut self) {
        if self.session.connection.is_autocommit() {
            return;
        }
        if let Err(fault) = self.session.run_raw("rollback", &[]) {
            let error = fault.into_error("rollback");
            self.break_off(&error);
        }
    }

    /// Runs after the answers. A sync that fails here is as bad as one that
    /// fails in a commit: the log would be reused over pages never written.
    fn checkpoint(&mut self) {
        if self.broken.get().is_some() {
            return;
        }
        if let Err(fault) = self.session.run_raw("pragma wal_checkpoint(passive)", &[]) {
            let fatal = fault.is_fatal();
            let error = fault.into_error("checkpoint");
            tracing::warn!(%error, "The log could not be copied into the store's file.");
            if fatal {
                self.break_off(&error);
            }
        }
    }

    fn break_off(&self, error: &Error) {
        let why =
            format!("the store refuses writes until a restart, because the disk failed: {error}");
        tracing::error!(%error, "The disk failed; the store refuses writes until a restart.");
        drop(self.broken.set(why));
    }
}

/// Refuses what is not vital, by the name of the reason.
fn only_vital(group: Group) -> Group {
    let (vital, other): (Group, Group) = group.into_iter().partition(|(write, _)| write.is_vital());
    relay::send_all(other.into_iter().map(|(_, answer)| (answer, Err(Error::DiskFull))));
    vital
}

fn injected(fault: options::Fault) -> Fault {
    let code = match fault {
        options::Fault::Io => rusqlite::ffi::SQLITE_IOERR_FSYNC,
        options::Fault::Full => rusqlite::ffi::SQLITE_FULL,
    };
    Fault::Engine(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None))
}
