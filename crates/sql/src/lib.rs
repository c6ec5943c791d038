//! One SQL text on two engines. A write is a value.
//!
//! Knows no table of its user. `Db` reads with `row` and `rows` and writes
//! with `write(batch)`: an ordered list of statements, all or none.

mod append;
mod batch;
mod db;
mod each;
mod error;
mod figures;
pub mod file;
mod migrate;
mod options;
mod postgres;
mod queue;
mod relay;
mod sqlite;
mod transfer;
mod value;

pub use append::{Alone, Append, Appended, Many, Step, Turn};
pub use batch::Batch;
pub use db::{Db, Rows, Shape};
pub use each::Each;
pub use error::Error;
pub use figures::{Figures, WRITE_TIMES};
pub use migrate::Migration;
pub use options::{BeforeCommit, Fault, Options};
pub use transfer::{Proof, transfer};
pub use value::{FromValue, Row, Sql, Value, list};

/// The arguments of a statement, in the order of `$1`, `$2` …
pub type Args = Vec<Value>;

/// Builds [`Args`]: `args![chat, seq, "text"]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
