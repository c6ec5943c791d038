//! Where the store is, and the bounds it keeps.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::Error;

/// What may go wrong right before a commit, for tests of the faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The disk reports an error: what was written can no longer be trusted.
    Io,
    /// The disk is full.
    Full,
}

/// Called with the number of batches of a group, right before its commit.
pub type BeforeCommit = Arc<dyn Fn(usize) -> Result<(), Fault> + Send + Sync>;

/// Where the store is and how large it may grow.
#[derive(Clone)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// How many writes, and how many reads, may wait; one more is `Busy`.
    pub queue: usize,
    /// How long a read may take; on PostgreSQL also a write, with all retries.
    pub deadline: Duration,
    /// SQLite: how many batches may share a commit.
    pub group: usize,
    /// SQLite: threads that read, each with a connection of its own.
    pub readers: usize,
    /// SQLite: how large the file may grow; `None` is as large as the disk.
    pub max_bytes: Option<u64>,
    /// PostgreSQL: connections for reads and batches.
    pub connections: usize,
    /// PostgreSQL: further connections, for the append queue.
    pub appenders: usize,
    /// SQLite: a hook of tests.
    pub before_commit: Option<BeforeCommit>,
}

pub(crate) enum Place<'a> {
    Sqlite(PathBuf),
    Postgres(&'a str),
}

impl Options {
    /// A store in one file.
    #[must_use]
    pub fn sqlite(path: impl AsRef<Path>) -> Self {
        Self::with(format!("sqlite:{}", path.as_ref().display()))
    }

    /// A store at `url`.
    ///
    /// # Errors
    /// When the URL names no engine, in words that say what to write.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let options = Self::with(url.to_owned());
        options.place().map(|_| ())?;
        Ok(options)
    }

    pub(crate) fn place(&self) -> Result<Place<'_>, Error> {
        let url = self.url.as_str();
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Place::Postgres(url));
        }
        let Some(path) = url.strip_prefix("sqlite:") else { return Err(mistyped(url)) };
        // `sqlite://data/x.db` is a habit from other programs: take it as a path.
        let path = path.strip_prefix("//").unwrap_or(path);
        match path {
            "" => Err(Error::Engine("`sqlite:` is followed by no path: write sqlite:PATH".into())),
            ":memory:" => Err(Error::Engine(
                "a store in memory keeps no promise: write sqlite:PATH with a file".into(),
            )),
            path => Ok(Place::Sqlite(PathBuf::from(path))),
        }
    }

    fn with(url: String) -> Self {
        Self {
            url,
            queue: 4096,
            deadline: Duration::from_secs(5),
            group: 256,
            readers: 4,
            max_bytes: None,
            connections: 16,
            appenders: 2,
            before_commit: None,
        }
    }
}

/// Never repeats the whole URL: it may hold a password.
fn mistyped(url: &str) -> Error {
    let scheme = url.split(':').next().unwrap_or_default();
    let found = match scheme {
        "" => "the store's URL is empty".to_owned(),
        _ if !url.contains(':') => "the store's URL has no scheme".to_owned(),
        scheme => format!("`{scheme}:` is no store this program knows"),
    };
    Error::Engine(format!(
        "{found}: write sqlite:PATH for a file, or postgres://NAME:PASSWORD@HOST/DATABASE"
    ))
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.url.split(':').next().unwrap_or_default();
        f.debug_struct("Options").field("scheme", &scheme).field("queue", &self.queue).finish()
    }
}
