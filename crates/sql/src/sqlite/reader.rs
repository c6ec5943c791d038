//! The threads that read, each on a connection that cannot write.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::session::Session;
use crate::db::Rows;
use crate::queue::Queue;
use crate::{Batch, Error};

/// How many steps of the engine pass between two looks at the clock.
const STEPS_BETWEEN_LOOKS: i32 = 20_000;

pub(super) struct Read {
    pub(super) batch: Batch,
    pub(super) answer: oneshot::Sender<Result<Rows, Error>>,
}

/// Works until the queue is closed and empty.
pub(super) fn run(connection: &Connection, stopwatch: &Stopwatch, queue: &Queue<Read>) {
    let mut session = Session::new(connection);
    while let Some(reads) = queue.take(1) {
        for read in reads {
            // Nobody waits for the answer any more.
            if read.answer.is_closed() {
                continue;
            }
            stopwatch.start();
            let rows = snapshot(&mut session, &read.batch);
            drop(read.answer.send(rows));
        }
    }
}

/// Several statements see one snapshot; one statement is a snapshot by itself.
fn snapshot(session: &mut Session<'_>, batch: &Batch) -> Result<Rows, Error> {
    let several = batch.steps.len() > 1;
    if several {
        session.run("begin", &[])?;
    }
    let rows = batch.steps.iter().map(|step| {
        let outcome = session.run_raw(step.sql.sqlite, &step.args).map_err(|fault| {
            let fault = if batch.is_derived { fault.of_derived() } else { fault };
            fault.into_error(step.sql.sqlite)
        });
        outcome.map(|outcome| outcome.rows)
    });
    let rows = rows.collect();
    if several {
        session.run("rollback", &[])?;
    }
    rows
}

/// Ends a read that takes too long: it would keep the log from being reused.
#[derive(Clone)]
pub(super) struct Stopwatch {
    limit: Duration,
    zero: Instant,
    until_ms: Arc<AtomicU64>,
}

impl Stopwatch {
    pub(super) fn install(connection: &mut Connection, limit: Duration) -> rusqlite::Result<Self> {
        let stopwatch = Self { limit, zero: Instant::now(), until_ms: Arc::default() };
        let watched = stopwatch.clone();
        connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || watched.is_over()))?;
        Ok(stopwatch)
    }

    pub(super) fn start(&self) {
        self.until_ms.store(self.elapsed_ms() + self.limit.as_millis() as u64, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.elapsed_ms() > self.until_ms.load(Ordering::Relaxed)
    }

    fn elapsed_ms(&self) -> u64 {
        self.zero.elapsed().as_millis() as u64
    }
}
