//! The threads that hash, and the memory they hash in.
//!
//! Each thread keeps one block of memory from job to job: an allocator given
//! 19 MiB back a hundred times a second keeps several of them per thread. An
//! idle thread lets go of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::Block;

use crate::{Error, Result};

/// Waiting jobs per thread: about a second and a half of work.
const WAITING: usize = 64;
/// How long an idle thread keeps its memory.
const IDLE: Duration = Duration::from_secs(10);

/// What a job may hash in.
pub(super) type Memory = Vec<Block>;

type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// The threads that hash. They end when the pool is dropped.
#[derive(Debug)]
pub struct Pool {
    queue: SyncSender<Work>,
    begun: AtomicU64,
}

impl Pool {
    /// A pool of one thread per core.
    #[must_use]
    pub fn per_core() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::new(cores, cores * WAITING)
    }

    /// A pool of `threads` threads with room for `waiting` jobs.
    ///
    /// # Panics
    /// When the system gives no thread.
    #[must_use]
    pub fn new(threads: usize, waiting: usize) -> Self {
        let (queue, jobs) = sync_channel(waiting);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..threads {
            let jobs = Arc::clone(&jobs);
            std::thread::Builder::new()
                .name("password".to_owned())
                .spawn(move || work_off(&jobs))
                .expect("the system gives a thread");
        }
        Self { queue, begun: AtomicU64::new(0) }
    }

    /// How many jobs it was given: passwords hashed, compared or estimated.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Runs `job` on one of the threads.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let work: Work = Box::new(move |memory| {
            // Nobody waits any more when the request was given up.
            if !reply.is_closed() {
                let _ = reply.send(job(memory));
            }
        });
        self.queue.try_send(work).map_err(|_| {
            Error::unavailable("password.busy", "Too many sign-ins at once. Try again.")
        })?;
        self.begun.fetch_add(1, Ordering::Relaxed);
        answer.await.map_err(|_| Error::internal("a password job did not finish"))
    }
}

/// Takes one job after the other; a job that panics costs its own answer only.
fn work_off(jobs: &Mutex<Receiver<Work>>) {
    let mut memory = Memory::new();
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(IDLE);
        match next {
            Ok(work) => {
                let _ = catch_unwind(AssertUnwindSafe(|| work(&mut memory)));
            }
            Err(RecvTimeoutError::Timeout) => memory = Memory::new(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
