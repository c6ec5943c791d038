//! What an error of the server means to the write or read it happened to.

use std::error::Error as _;

use deadpool_postgres::PoolError;
use tokio_postgres::error::{DbError, SqlState};

use super::value::Misfit;
use crate::Error;

/// An error, and what may still be done about it.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) error: Error,
    /// Nothing was done, and the same may go well the next time.
    pub(crate) may_retry: bool,
    /// The connection was lost, so what was under way may or may not be done.
    pub(crate) lost: bool,
    /// Statements prepared earlier no longer fit the schema.
    pub(crate) stale: bool,
}

impl Trouble {
    pub(crate) fn ours(error: Error) -> Self {
        Self { error, may_retry: false, lost: false, stale: false }
    }

    pub(crate) fn too_slow() -> Self {
        let error = Error::Unavailable("the database did not answer in time".into());
        Self { error, may_retry: false, lost: true, stale: false }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::ours(error)
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(answer) = error.as_db_error() {
            return refused(answer);
        }
        let source = error.source();
        if let Some(misfit) = source.and_then(|source| source.downcast_ref::<Misfit>()) {
            return Self::ours(Error::Engine(misfit.to_string()));
        }
        let why = source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        let error = Error::Unavailable(format!("the database cannot be reached: {why}"));
        Self { error, may_retry: false, lost: true, stale: false }
    }
}

/// What the server itself answered.
fn refused(answer: &DbError) -> Trouble {
    let code = answer.code();
    let words = format!("{} ({})", answer.message(), code.code());
    let again = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED];
    let mut trouble = Trouble::ours(Error::Engine(words.clone()));
    if again.contains(code) {
        trouble.may_retry = true;
        trouble.error = Error::Unavailable(words);
    } else if *code == SqlState::FEATURE_NOT_SUPPORTED && words.contains("cached plan") {
        trouble.may_retry = true;
        trouble.stale = true;
    } else if *code == SqlState::DISK_FULL {
        trouble.error = Error::DiskFull;
    } else if *code == SqlState::DATA_CORRUPTED || *code == SqlState::INDEX_CORRUPTED {
        trouble.error = Error::Corrupt(words);
    } else if is_out_of_order(code) {
        trouble.lost = true;
        trouble.error = Error::Unavailable(words);
    }
    trouble
}

/// The server stops, starts, is overloaded, or ended a statement that took too
/// long.
fn is_out_of_order(code: &SqlState) -> bool {
    ["08", "53", "57", "58"].iter().any(|class| code.code().starts_with(class))
        || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        || *code == SqlState::LOCK_NOT_AVAILABLE
}

impl From<PoolError> for Trouble {
    /// Nothing was sent yet, so another attempt is always safe. It is not
    /// worth making when the server refuses us by name.
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => {
                let trouble = Self::from(error);
                Self { may_retry: trouble.lost, ..trouble }
            }
            PoolError::Timeout(_) => {
                let error = Error::Unavailable("no connection became free in time".into());
                Self { may_retry: true, ..Self::ours(error) }
            }
            PoolError::Closed => Self::ours(Error::closed()),
            other => Self::ours(Error::Engine(other.to_string())),
        }
    }
}
