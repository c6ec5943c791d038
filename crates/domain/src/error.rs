//! One error for the whole domain. A kind says what the caller can do about
//! it, a code names it for programs, a detail tells people.

use std::fmt;

/// The result of every verb.
pub type Result<T> = std::result::Result<T, Error>;

/// What the caller can do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request is wrong and stays wrong.
    BadInput,
    /// Nobody is signed in, or the token is no longer good.
    Unauthenticated,
    /// Signed in, but not allowed.
    Forbidden,
    /// Absent, or not the caller's to see.
    NotFound,
    /// Collides with what is stored.
    Conflict,
    /// Larger than a stated limit.
    TooLarge,
    /// More often than a stated limit; try again later.
    TooMany,
    /// Cannot be done now; try again.
    Unavailable,
    /// A fault of ours.
    Internal,
}

/// An error with a stable code.
#[derive(Debug)]
pub struct Error {
    /// What the caller can do about it.
    pub kind: Kind,
    /// Stable and dotted, such as `chat.not_found`.
    pub code: &'static str,
    /// For people.
    pub detail: String,
    /// The field of the request that is at fault.
    pub field: Option<&'static str>,
    /// When to try again, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// What went wrong underneath; logged, never shown.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` with a stable `code` and a sentence for people.
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, code, detail: detail.into(), field: None, retry_after_ms: None, source: None }
    }

    /// The request's `field` is wrong.
    pub fn bad_input(field: &'static str, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: Some(field), ..Self::new(Kind::BadInput, code, detail) }
    }

    /// Absent, or not the caller's to see: the two answer alike.
    pub fn not_found(code: &'static str) -> Self {
        Self::new(Kind::NotFound, code, "There is nothing here that you can see.")
    }

    /// Nobody is signed in, or the token is no longer good.
    pub fn unauthenticated(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Unauthenticated, code, detail)
    }

    /// Collides with what is stored.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, detail)
    }

    /// More often than a stated limit; try again after `retry_after_ms`.
    pub fn too_many(code: &'static str, retry_after_ms: u64) -> Self {
        Self {
            retry_after_ms: Some(retry_after_ms),
            ..Self::new(Kind::TooMany, code, "Too many requests. Try again later.")
        }
    }

    /// Cannot be done now; nothing was half-done and a retry is safe.
    pub fn unavailable(code: &'static str, detail: impl Into<String>) -> Self {
        Self { retry_after_ms: Some(1_000), ..Self::new(Kind::Unavailable, code, detail) }
    }

    /// A fault of ours: `source` is logged, the caller learns nothing of it.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(Kind::Internal, "internal", "Something failed on our side.")
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<sql::Error> for Error {
    /// A full queue and a lost connection can be retried; the rest is ours.
    fn from(error: sql::Error) -> Self {
        if error.is_retryable() {
            let detail = match error {
                sql::Error::DiskFull => {
                    "The server's disk is full: reading works, writing does not."
                }
                sql::Error::Busy => "The store is busy.",
                _ => "The store does not answer just now.",
            };
            let code = error.code();
            Self { source: Some(Box::new(error)), ..Self::unavailable(code, detail) }
        } else {
            Self::internal(error)
        }
    }
}
