//! PostgreSQL: bounded pools, pipelined batches, and a deadline on everything.
//!
//! The connections live on a runtime of their own. Callers come from several
//! runtimes, and one that goes away must take no connection with it; one that
//! stops waiting must not leave a transaction open.

mod append;
mod connect;
mod migrate;
mod transaction;
mod trouble;
mod value;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Client, Object, Pool};
use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use self::append::Appends;
pub(crate) use self::connect::{Connector, Purpose};
use self::transaction::Call;
pub(crate) use self::trouble::Trouble;
use crate::append::Append;
use crate::db::{Rows, Shape};
use crate::migrate::Migration;
use crate::options::Options;
use crate::{Args, Batch, Error, Sql};

const FIRST_PAUSE: Duration = Duration::from_millis(5);

pub(crate) struct Postgres {
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

struct Shared {
    writes: Pool,
    reads: Pool,
    appends: Appends,
    waiting: Arc<Semaphore>,
    queue: usize,
    deadline: Duration,
}

#[derive(Clone, Copy)]
enum Mode<'a> {
    Read,
    Write,
    /// In the transaction that the text begins.
    WriteAfter(&'a str),
}

impl Postgres {
    pub(crate) async fn open(url: &str, options: &Options) -> Result<Self, Error> {
        let connector = Connector::new(url, options.deadline)?;
        let readers = (options.connections / 2).max(1);
        let writers = options.connections.saturating_sub(readers).max(1);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("store-postgres")
            .enable_all()
            .build()
            .map_err(|error| Error::Unavailable(format!("cannot start a thread: {error}")))?;
        let appenders = connector.pool(options.appenders, Purpose::Append)?;
        let appends = {
            let _inside = runtime.enter();
            Appends::start(appenders, options)
        };
        let shared = Arc::new(Shared {
            writes: connector.pool(writers, Purpose::Write)?,
            reads: connector.pool(readers, Purpose::Read)?,
            appends,
            waiting: Arc::new(Semaphore::new(options.queue)),
            queue: options.queue,
            deadline: options.deadline,
        });
        let store = Self { shared, runtime: Some(runtime) };
        store.ready().await?;
        Ok(store)
    }

    pub(crate) async fn write(&self, batch: Batch) -> Result<Rows, Error> {
        let permit = self.shared.enter()?;
        self.on_own_runtime(|shared| async move {
            let _permit = permit;
            shared.batch(Mode::Write, &batch).await
        })
        .await
    }

    pub(crate) async fn read(&self, batch: Batch) -> Result<Rows, Error> {
        let permit = self.shared.enter()?;
        self.on_own_runtime(|shared| async move {
            let _permit = permit;
            shared.batch(Mode::Read, &batch).await
        })
        .await
    }

    pub(crate) async fn append(&self, plan: &'static Append, row: Args) -> Result<Rows, Error> {
        let permit = self.shared.enter()?;
        self.shared.appends.append(plan, row, permit).await
    }

    pub(crate) async fn migrate(&self, migrations: Vec<Migration>) -> Result<(), Error> {
        self.on_own_runtime(|shared| async move {
            let mut client = shared.writes.get().await.map_err(|e| Trouble::from(e).error)?;
            let result = migrate::run(&mut client, &migrations).await;
            if result.is_err() {
                // Whatever state it is in, nobody else shall have it.
                drop(Object::take(client));
            }
            result
        })
        .await
    }

    /// Empties an index of words, which makes its own index anew too, and applies
    /// the batch. Whoever writes to both begins with the guide.
    pub(crate) async fn renew_words(
        &self,
        table: &'static str,
        guide: &'static str,
        batch: Batch,
    ) -> Result<(), Error> {
        let begin = format!("begin; lock table {guide} in exclusive mode; truncate {table}");
        self.on_own_runtime(|shared| async move {
            shared.batch(Mode::WriteAfter(&begin), &batch).await.map(drop)
        })
        .await
    }

    /// What the engine says of a statement.
    pub(crate) async fn describe(&self, text: &'static str) -> Result<Shape, Error> {
        self.on_own_runtime(|shared| async move {
            let client = shared.writes.get().await.map_err(|e| Trouble::from(e).error)?;
            let statement = client.prepare(text).await.map_err(|e| Trouble::from(e).error)?;
            let columns = statement.columns().iter();
            Ok(Shape {
                parameters: statement.params().iter().map(ToString::to_string).collect(),
                columns: columns
                    .map(|column| (column.name().to_owned(), column.type_().to_string()))
                    .collect(),
            })
        })
        .await
    }

    /// Whether the server answers, and would take a write.
    pub(crate) async fn ready(&self) -> Result<(), Error> {
        static IS_STANDBY: Sql = Sql::new("select pg_is_in_recovery()");
        let mut probe = Batch::new();
        probe.run(&IS_STANDBY, Vec::new());
        let rows = self.write(probe).await?;
        match rows[0][0].get(0)? {
            true => Err(Error::Unavailable("the database is a standby and takes no writes".into())),
            false => Ok(()),
        }
    }

    /// Waits for what is under way, then lets go of the server.
    pub(crate) async fn close(&self) {
        let all = u32::try_from(self.shared.queue).unwrap_or(u32::MAX);
        let ended = timeout(self.shared.deadline, self.shared.waiting.acquire_many(all)).await;
        if ended.is_err() {
            tracing::warn!("The store was closed while the database owed answers.");
        }
        self.shared.waiting.close();
        self.shared.writes.close();
        self.shared.reads.close();
        self.shared.appends.close();
    }

    async fn on_own_runtime<T, F>(&self, work: impl FnOnce(Arc<Shared>) -> F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let runtime = self.runtime.as_ref().expect("it is taken by drop only");
        let work = runtime.spawn(work(self.shared.clone()));
        work.await.unwrap_or_else(|_| Err(Error::closed()))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A runtime may not wait for its end inside another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    fn enter(&self) -> Result<OwnedSemaphorePermit, Error> {
        self.waiting.clone().try_acquire_owned().map_err(|error| match error {
            tokio::sync::TryAcquireError::NoPermits => Error::Busy,
            tokio::sync::TryAcquireError::Closed => Error::closed(),
        })
    }

    async fn batch(&self, mode: Mode<'_>, batch: &Batch) -> Result<Rows, Error> {
        let calls: Vec<_> = batch.steps.iter().map(Call::of).collect();
        let mut patience = Patience::new(self.deadline);
        loop {
            let trouble = match self.attempt(mode, patience.until, &calls).await {
                Ok(rows) => return Ok(rows),
                Err(trouble) => trouble,
            };
            // A read that was cut off can always be asked again.
            let may_retry = trouble.may_retry || (matches!(mode, Mode::Read) && trouble.lost);
            if !may_retry || !patience.pause().await {
                return Err(trouble.error);
            }
        }
    }

    async fn attempt(
        &self,
        mode: Mode<'_>,
        deadline: Instant,
        calls: &[Call<'_>],
    ) -> Result<Rows, Trouble> {
        let pool = match mode {
            Mode::Read => &self.reads,
            Mode::Write | Mode::WriteAfter(_) => &self.writes,
        };
        let client = timeout_at(deadline, pool.get()).await.map_err(|_| Trouble::too_slow())??;
        let work = async {
            match mode {
                Mode::Read => transaction::read(&client, calls).await,
                Mode::Write => transaction::write(&client, calls).await,
                Mode::WriteAfter(begin) => transaction::write_after(&client, begin, calls).await,
            }
        };
        let result = timeout_at(deadline, work).await.unwrap_or_else(|_| Err(Trouble::too_slow()));
        if let Err(trouble) = &result {
            mend(client, trouble);
        }
        result
    }
}

/// How long a caller may still wait, with all retries.
struct Patience {
    until: Instant,
    /// No retry begins later, so that it can still end in time.
    last_retry: Instant,
    pause: Duration,
}

impl Patience {
    fn new(deadline: Duration) -> Self {
        let now = Instant::now();
        Self { until: now + deadline, last_retry: now + deadline * 3 / 5, pause: FIRST_PAUSE }
    }

    /// Waits before a retry, longer each time; false when there is no time.
    async fn pause(&mut self) -> bool {
        if Instant::now() + self.pause > self.last_retry {
            return false;
        }
        sleep(self.pause).await;
        self.pause *= 2;
        true
    }
}

/// Keeps a connection out of the pool that is in an unknown state.
fn mend(client: Client, trouble: &Trouble) {
    if trouble.lost {
        drop(Object::take(client));
    } else if trouble.stale {
        client.statement_cache.clear();
    }
}
