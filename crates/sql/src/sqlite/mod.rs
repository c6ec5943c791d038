//! SQLite: one thread writes, several read, all on one file.

mod apply;
pub(crate) mod file;
mod mapping;
pub(crate) mod migrate;
mod reader;
mod reserve;
mod session;
pub(crate) mod snapshot;
pub(crate) mod source;
mod text;
pub(crate) mod words;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use self::apply::Write;
use self::reader::{Read, Stopwatch};
use self::reserve::Reserve;
use self::session::Fault;
use self::writer::{Job, Setup, Writer};
use crate::append::Append;
use crate::db::{Rows, Shape};
use crate::options::Options;
use crate::queue::Queue;
use crate::relay::Relay;
use crate::{Args, Batch, Error, Sql};

pub(crate) struct Sqlite {
    path: PathBuf,
    writes: Arc<Queue<Job>>,
    reads: Arc<Queue<Read>>,
    broken: Arc<OnceLock<String>>,
    relay: Relay,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Sqlite {
    pub(crate) async fn open(path: PathBuf, options: &Options) -> Result<Self, Error> {
        let store = Self {
            path: path.clone(),
            writes: Arc::new(Queue::new(options.queue)),
            reads: Arc::new(Queue::new(options.queue)),
            broken: Arc::default(),
            relay: Relay::default(),
            threads: Mutex::default(),
        };
        store.start_writer(path.clone(), options).await?;
        for _ in 0..options.readers.max(1) {
            store.start_reader(path.clone(), options.deadline).await?;
        }
        Ok(store)
    }

    pub(crate) async fn write(&self, batch: Batch) -> Result<Rows, Error> {
        self.queue(Write::Batch(batch)).await
    }

    pub(crate) async fn append(&self, plan: &'static Append, row: Args) -> Result<Rows, Error> {
        self.queue(Write::Append(plan, row)).await
    }

    async fn queue(&self, write: Write) -> Result<Rows, Error> {
        let (answer, answered) = self.relay.expect();
        self.writes.push(Job::Write(write, answer))?;
        self.wait(answered).await
    }

    /// Several statements on one snapshot.
    pub(crate) async fn read(&self, batch: Batch) -> Result<Rows, Error> {
        let (answer, answered) = oneshot::channel();
        self.reads.push(Read { batch, answer })?;
        self.wait(answered).await
    }

    /// Runs `call` on the writing connection, outside any transaction.
    pub(crate) async fn call<T: Send + 'static, F: Into<Fault>>(
        &self,
        call: impl FnOnce(&Connection) -> Result<T, F> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        self.writes.push(Job::Call(Box::new(move |connection| {
            let mut fatal = None;
            let outcome = call(connection).map_err(|fault| {
                let fault = fault.into();
                let is_fatal = fault.is_fatal();
                let error = fault.into_error("a call on the writing connection");
                fatal = is_fatal.then(|| error.clone());
                error
            });
            drop(answer.send(outcome));
            fatal
        })))?;
        self.wait(answered).await
    }

    /// Copies the store to another file while it is in use.
    pub(crate) async fn snapshot(&self, to: PathBuf) -> Result<(), Error> {
        let from = self.path.clone();
        blocking(move || snapshot::write(&from, &to)).await
    }

    /// Looks at all of an index of words, beside whoever uses it.
    pub(crate) async fn inspect_words(&self, table: &'static str) -> Result<(), Error> {
        let path = self.path.clone();
        blocking(move || words::inspect(&path, table)).await
    }

    /// Makes an index of words anew, whatever state it is in, and applies the batch.
    pub(crate) async fn renew_words(&self, table: &'static str, batch: Batch) -> Result<(), Error> {
        let path = self.path.clone();
        let is_sound = blocking(move || words::has_sound_pages(&path, table)).await?;
        self.call(move |connection| words::renew(connection, table, is_sound, batch)).await
    }

    /// Whether the store reads, and would write.
    pub(crate) async fn ready(&self) -> Result<(), Error> {
        static PROBE: Sql = Sql::new("select 1");
        if let Some(why) = self.broken.get() {
            return Err(Error::Unavailable(why.clone()));
        }
        let mut probe = Batch::new();
        probe.run(&PROBE, Vec::new());
        self.read(probe).await.map(|_| ())
    }

    /// Does what is queued, then lets go of the file.
    pub(crate) async fn close(&self) {
        self.writes.close();
        self.reads.close();
        let threads = self.take_threads();
        let joined = tokio::task::spawn_blocking(move || join(threads)).await;
        joined.expect("joining threads does not panic");
    }

    async fn wait<T>(&self, answered: oneshot::Receiver<Result<T, Error>>) -> Result<T, Error> {
        match answered.await {
            Ok(answer) => answer,
            Err(_) => {
                let why = self.broken.get().cloned();
                Err(why.map_or_else(Error::closed, Error::Unavailable))
            }
        }
    }

    async fn start_writer(&self, path: PathBuf, options: &Options) -> Result<(), Error> {
        let max_bytes = options.max_bytes;
        let setup = Setup {
            queue: self.writes.clone(),
            broken: self.broken.clone(),
            group: options.group.max(1),
            before_commit: options.before_commit.clone(),
        };
        self.start("store-writer", move |opened| {
            // The lock outlives the connection, so whoever has it has the file.
            let lock = match file::lock(&path) {
                Ok(lock) => lock,
                Err(error) => return drop(opened.send(Err(error))),
            };
            let open = || {
                let mut connection = file::open_writer(&path, max_bytes)?;
                let pages = writer::watch_log(&mut connection)
                    .map_err(|error| Error::Engine(error.to_string()))?;
                Ok((connection, pages))
            };
            match open() {
                Ok((connection, pages)) => {
                    let reserve = Reserve::beside(&path);
                    drop(opened.send(Ok(())));
                    Writer::new(&connection, setup, (pages, reserve)).run();
                }
                Err(error) => drop(opened.send(Err(error))),
            }
            drop(lock);
        })
        .await
    }

    async fn start_reader(&self, path: PathBuf, limit: Duration) -> Result<(), Error> {
        let queue = self.reads.clone();
        self.start("store-reader", move |opened| {
            let open = || {
                let mut connection = file::open_reader(&path)?;
                let stopwatch = Stopwatch::install(&mut connection, limit)
                    .map_err(|error| Error::Engine(error.to_string()))?;
                Ok((connection, stopwatch))
            };
            match open() {
                Ok((connection, stopwatch)) => {
                    drop(opened.send(Ok(())));
                    reader::run(&connection, &stopwatch, &queue);
                }
                Err(error) => drop(opened.send(Err(error))),
            }
        })
        .await
    }

    async fn start(
        &self,
        name: &str,
        body: impl FnOnce(oneshot::Sender<Result<(), Error>>) + Send + 'static,
    ) -> Result<(), Error> {
        let (opened, is_open) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name(name.into())
            .spawn(move || body(opened))
            .map_err(|error| Error::Unavailable(format!("cannot start a thread: {error}")))?;
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        is_open.await.unwrap_or_else(|_| Err(Error::closed()))
    }

    fn take_threads(&self) -> Vec<JoinHandle<()>> {
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A dropped store lets go of its file before the drop ends, so that it can
/// be opened again at once.
impl Drop for Sqlite {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
        join(self.take_threads());
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Error::Engine(error.to_string())))
}

/// What the engine says of a statement.
pub(crate) fn describe(connection: &Connection, text: &str) -> Result<Shape, Error> {
    let statement = connection
        .prepare(&text::for_sqlite(text))
        .map_err(|error| Fault::from(error).into_error(text))?;
    let columns = statement.column_names();
    Ok(Shape {
        parameters: vec![String::new(); statement.parameter_count()],
        columns: columns.map(|name| (name.to_owned(), String::new())).collect(),
    })
}

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("A thread of the store panicked.");
        }
    }
}
