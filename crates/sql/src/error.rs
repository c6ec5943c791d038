//! What can go wrong in the store, named by what the caller can do about it.

use std::fmt;

use crate::Value;

/// An error of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A statement of the batch touched another number of rows than demanded;
    /// the whole batch was undone. `statement` counts from 0.
    Demand {
        /// Its place in the batch.
        statement: usize,
        /// The rows it had to touch.
        wanted: u64,
        /// The rows it touched.
        got: u64,
    },
    /// A queue is full; nothing was done and a retry is safe.
    Busy,
    /// The engine cannot be reached or did not answer in time. A write may or
    /// may not have happened.
    Unavailable(String),
    /// The disk is full: writes are refused until there is space.
    DiskFull,
    /// The file is damaged, or is no store at all.
    Corrupt(String),
    /// A column held another type than asked for.
    Decode(String),
    /// The engine refused the statement, or failed.
    Engine(String),
}

impl Error {
    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable(_) | Self::DiskFull)
    }

    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Demand { .. } => "store.demand",
            Self::Busy => "store.busy",
            Self::Unavailable(_) => "store.unavailable",
            Self::DiskFull => "store.disk_full",
            Self::Corrupt(_) => "store.corrupt",
            Self::Decode(_) => "store.decode",
            Self::Engine(_) => "store.engine",
        }
    }

    pub(crate) fn decode(wanted: &str, got: &Value) -> Self {
        Self::Decode(format!("wanted {wanted}, got {}", got.kind()))
    }

    pub(crate) fn no_column(at: usize) -> Self {
        Self::Decode(format!("no column {at}"))
    }

    pub(crate) fn closed() -> Self {
        Self::Unavailable("the store is closed".into())
    }

    pub(crate) fn argument_count(wanted: usize, got: usize, text: &str) -> Self {
        Self::Engine(format!("{got} arguments for {wanted} parameters: {text}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Demand { statement, wanted, got } => {
                write!(f, "statement {statement} touched {got} rows, {wanted} demanded")
            }
            Self::Busy => f.write_str("the store's queue is full"),
            Self::DiskFull => f.write_str("the disk is full"),
            Self::Unavailable(why) | Self::Corrupt(why) | Self::Decode(why) | Self::Engine(why) => {
                f.write_str(why)
            }
        }
    }
}

impl std::error::Error for Error {}
