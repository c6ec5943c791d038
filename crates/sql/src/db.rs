//! The store as its user sees it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::append::{Append, Appended};
use crate::each::{self, Each};
use crate::figures::{Counts, Figures};
use crate::migrate::Migration;
use crate::options::{Options, Place};
use crate::postgres::Postgres;
use crate::sqlite::{self, Sqlite};
use crate::{Args, Batch, Error, Row, Sql};

/// The rows of each statement of a batch, in the batch's order.
pub type Rows = Vec<Vec<Row>>;

/// What an engine says of a statement. Only PostgreSQL knows types (`int8`,
/// `text`, `bool`, `bytea`); SQLite says "" instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The type of each parameter.
    pub parameters: Vec<String>,
    /// The name and type of each column of its rows.
    pub columns: Vec<(String, String)>,
}

/// A store. Cheap to clone; the last clone that is dropped closes it.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    counts: Arc<Counts>,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl Db {
    /// Opens the store and, when it is new, makes it.
    ///
    /// # Errors
    /// When it cannot be reached, is damaged, or another process has it open.
    pub async fn open(options: &Options) -> Result<Self, Error> {
        let engine = match options.place()? {
            Place::Sqlite(path) => Engine::Sqlite(Arc::new(Sqlite::open(path, options).await?)),
            Place::Postgres(url) => Engine::Postgres(Arc::new(Postgres::open(url, options).await?)),
        };
        Ok(Self { engine, counts: Arc::default() })
    }

    /// Applies those of `migrations` that the store has not seen.
    ///
    /// # Errors
    /// When one fails, was edited since, or the store is newer than the list.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<(), Error> {
        let migrations = migrations.to_vec();
        match &self.engine {
            Engine::Sqlite(store) => {
                store.call(move |connection| sqlite::migrate::run(connection, &migrations)).await
            }
            Engine::Postgres(store) => store.migrate(migrations).await,
        }
    }

    /// The first row of the answer, or none.
    ///
    /// # Errors
    /// As for `rows`.
    pub async fn row(&self, sql: &'static Sql, args: Args) -> Result<Option<Row>, Error> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Every row of the answer.
    ///
    /// # Errors
    /// When the statement writes, fails, takes longer than the deadline, or too many wait.
    pub async fn rows(&self, sql: &'static Sql, args: Args) -> Result<Vec<Row>, Error> {
        let mut batch = Batch::new();
        batch.run(sql, args);
        Ok(self.read(batch).await?.pop().unwrap_or_default())
    }

    /// Runs reading statements on one snapshot: all see the store at the same
    /// moment. Demands are not looked at.
    ///
    /// # Errors
    /// As for `rows`.
    pub async fn read(&self, batch: Batch) -> Result<Rows, Error> {
        self.counts.read(batch.steps.len());
        match &self.engine {
            Engine::Sqlite(store) => store.read(batch).await,
            Engine::Postgres(store) => store.read(batch).await,
        }
    }

    /// Like `read`, and on the same snapshot answers `each` for every row of
    /// arguments, in their order.
    ///
    /// # Errors
    /// As for `rows`.
    pub async fn read_each(
        &self,
        mut batch: Batch,
        each: &'static Each,
        asked: Vec<Args>,
    ) -> Result<(Rows, Rows), Error> {
        let (own, count) = (batch.steps.len(), asked.len());
        match &self.engine {
            Engine::Sqlite(_) => each.ask_one_by_one(&mut batch, asked),
            Engine::Postgres(_) => each.ask_at_once(&mut batch, asked),
        }
        let mut rows = self.read(batch).await?;
        let answers = rows.split_off(own);
        match &self.engine {
            Engine::Sqlite(_) => Ok((rows, answers)),
            Engine::Postgres(_) => Ok((rows, each::part(answers.concat(), count)?)),
        }
    }

    /// Applies the batch, durably, all or nothing; answers the rows of each
    /// statement. Dropping the future does not take the batch back.
    ///
    /// # Errors
    /// When a demand was not met or a statement failed, with nothing of the
    /// batch done; or, not knowing, that the store is unavailable.
    pub async fn write(&self, batch: Batch) -> Result<Rows, Error> {
        if batch.steps.is_empty() {
            return Ok(Rows::new());
        }
        let writing = self.counts.write(batch.steps.len());
        writing.ends(match &self.engine {
            Engine::Sqlite(store) => store.write(batch).await,
            Engine::Postgres(store) => store.write(batch).await,
        })
    }

    /// Appends a row: fast for many callers at once, also when all append to
    /// one key.
    ///
    /// # Errors
    /// As for `write`; the request may be repeated after any of them.
    pub async fn append(&self, plan: &'static Append, row: Args) -> Result<Appended, Error> {
        if !plan.fits(&row) {
            return Err(Error::Engine(
                "the columns of an append are not those that its steps pick".into(),
            ));
        }
        let writing = self.counts.write(1);
        let rows = writing.ends(match &self.engine {
            Engine::Sqlite(store) => store.append(plan, row).await,
            Engine::Postgres(store) => store.append(plan, row).await,
        })?;
        Ok(Appended::read(rows))
    }

    /// Copies an SQLite store to the file `to` while it is in use: one moment
    /// of it, whole or not at all, synced.
    ///
    /// # Errors
    /// When the disk has no room, or the store is PostgreSQL, which has tools
    /// of its own for this.
    pub async fn snapshot(&self, to: &Path) -> Result<(), Error> {
        match &self.engine {
            Engine::Sqlite(store) => store.snapshot(to.to_owned()).await,
            Engine::Postgres(_) => {
                Err(Error::Engine("PostgreSQL is copied with pg_dump or pg_basebackup".into()))
            }
        }
    }

    /// Looks at all of a table that only the engine reads, an index of words; on
    /// PostgreSQL, which does so whenever it reads, at nothing.
    ///
    /// # Errors
    /// When it is damaged, or cannot be read.
    pub async fn inspect_words(&self, table: &'static str) -> Result<(), Error> {
        match &self.engine {
            Engine::Sqlite(store) => store.inspect_words(table).await,
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Makes an index of words anew, without a word in it, whatever state it is
    /// in, and applies the batch: both or neither. Nobody else writes to `guide`,
    /// the table that says what the index holds, from before that until it is done.
    ///
    /// On PostgreSQL an older snapshot sees the emptied index too, and not what the
    /// batch did: whoever relies on the guide must read it again after the index.
    ///
    /// # Errors
    /// As for `write`.
    pub async fn renew_words(
        &self,
        table: &'static str,
        guide: &'static str,
        batch: Batch,
    ) -> Result<(), Error> {
        match &self.engine {
            Engine::Sqlite(store) => store.renew_words(table, batch).await,
            Engine::Postgres(store) => store.renew_words(table, guide, batch).await,
        }
    }

    /// Prepares a statement without running it, so that a test of the product
    /// can look at every statement on both engines.
    ///
    /// # Errors
    /// When the engine does not take the statement.
    pub async fn describe(&self, sql: &'static Sql) -> Result<Shape, Error> {
        match &self.engine {
            Engine::Sqlite(store) => {
                store.call(|connection| sqlite::describe(connection, sql.sqlite)).await
            }
            Engine::Postgres(store) => store.describe(sql.postgres).await,
        }
    }

    /// Prepares every statement of a plan that the engine would run.
    ///
    /// # Errors
    /// As for `describe`.
    pub async fn describe_append(&self, plan: &'static Append) -> Result<Vec<Shape>, Error> {
        let mut shapes = Vec::new();
        match &self.engine {
            Engine::Sqlite(_) => {
                for turn in plan.alone.turns() {
                    shapes.push(self.describe(turn.sql).await?);
                }
            }
            Engine::Postgres(store) => {
                let many = &plan.many;
                for sql in [many.lock, many.add.sql, many.find.sql] {
                    shapes.push(store.describe(sql).await?);
                }
            }
        }
        Ok(shapes)
    }

    /// What was counted since it was opened.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.counts.figures()
    }

    /// Whether the store reads, and would take a write.
    ///
    /// # Errors
    /// When it does not, in words for the operator.
    pub async fn ready(&self) -> Result<(), Error> {
        match &self.engine {
            Engine::Sqlite(store) => store.ready().await,
            Engine::Postgres(store) => store.ready().await,
        }
    }

    /// Does what is queued and lets go of the store; every later call answers
    /// that it is closed.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(store) => store.close().await,
            Engine::Postgres(store) => store.close().await,
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = match &self.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        };
        f.debug_struct("Db").field("engine", &engine).finish()
    }
}
