//! What a store counts about itself: how much is asked of it, how much waits,
//! and how long writing takes. Nothing in it names a statement or a value.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The upper bounds of the classes of [`Figures::write_times`].
pub const WRITE_TIMES: [Duration; 8] = [
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(20),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// What was counted since the store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Reads, each on one snapshot.
    pub reads: u64,
    /// Batches and appended rows.
    pub writes: u64,
    /// Statements in all of them; an appended row is one.
    pub statements: u64,
    /// Writes that were not done, for whatever reason.
    pub failed: u64,
    /// Writes that wait for their commit now.
    pub waiting: u64,
    /// Writes answered, from being asked to being durable, by the bounds of
    /// [`WRITE_TIMES`]; the last class has those beyond.
    pub write_times: [u64; WRITE_TIMES.len() + 1],
    /// The sum of their times.
    pub write_time: Duration,
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    reads: AtomicU64,
    writes: AtomicU64,
    statements: AtomicU64,
    failed: AtomicU64,
    ended: AtomicU64,
    times: [AtomicU64; WRITE_TIMES.len() + 1],
    micros: AtomicU64,
}

/// A write under way; it ends when this is dropped, answered or not.
pub(crate) struct Writing {
    counts: Arc<Counts>,
    began: Instant,
    is_done: bool,
}

impl Counts {
    pub(crate) fn read(&self, statements: usize) {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.statements.fetch_add(statements as u64, Ordering::Relaxed);
    }

    pub(crate) fn write(self: &Arc<Self>, statements: usize) -> Writing {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.statements.fetch_add(statements as u64, Ordering::Relaxed);
        Writing { counts: Arc::clone(self), began: Instant::now(), is_done: false }
    }

    pub(crate) fn figures(&self) -> Figures {
        let [reads, statements, failed, ended, micros] =
            [&self.reads, &self.statements, &self.failed, &self.ended, &self.micros]
                .map(|count| count.load(Ordering::Relaxed));
        // Read last, so that no more have ended than began.
        let writes = self.writes.load(Ordering::Relaxed);
        Figures {
            reads,
            writes,
            statements,
            failed,
            waiting: writes.saturating_sub(ended),
            write_times: std::array::from_fn(|at| self.times[at].load(Ordering::Relaxed)),
            write_time: Duration::from_micros(micros),
        }
    }
}

impl Writing {
    /// The write was answered; passes the answer on.
    pub(crate) fn ends<T, E>(mut self, answer: Result<T, E>) -> Result<T, E> {
        self.is_done = answer.is_ok();
        answer
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.counts.ended.fetch_add(1, Ordering::Relaxed);
        if !self.is_done {
            self.counts.failed.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let took = self.began.elapsed();
        let class = WRITE_TIMES.iter().position(|most| took <= *most);
        self.counts.times[class.unwrap_or(WRITE_TIMES.len())].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.counts.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_waits_until_it_is_answered_or_given_up() {
        let counts = Arc::new(Counts::default());
        counts.read(2);
        let (first, second) = (counts.write(3), counts.write(1));
        assert_eq!(counts.figures().waiting, 2);
        first.ends::<_, ()>(Ok(())).unwrap();
        drop(second);
        let figures = counts.figures();
        assert_eq!((figures.reads, figures.writes, figures.statements), (1, 2, 6));
        assert_eq!((figures.waiting, figures.failed), (0, 1));
        assert_eq!(figures.write_times.iter().sum::<u64>(), 1, "only what was done took a time");
    }
}
