//! A write is a value: statements in order, done together or not at all.

use crate::{Args, Rows, Sql};

/// Statements that are applied atomically, in order.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) steps: Vec<Step>,
    pub(crate) is_vital: bool,
}

#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) sql: &'static Sql,
    pub(crate) args: Args,
    pub(crate) demand: Option<u64>,
    pub(crate) when: When,
}

/// Whether SQLite runs a step. PostgreSQL is sent all of a batch at once, so
/// this may only spare work, never decide anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    /// The first statement answered with a row.
    FirstAnswered,
    FirstSilent,
}

impl When {
    /// `rows` are the answers so far.
    pub(crate) fn is_now(self, rows: &Rows) -> bool {
        let has_answered = || rows.first().is_some_and(|first| !first.is_empty());
        match self {
            Self::Always => true,
            Self::FirstAnswered => has_answered(),
            Self::FirstSilent => !has_answered(),
        }
    }
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the batch use the room that SQLite keeps for a full disk. For what
    /// is small, and without which nobody could get in or out.
    pub fn vital(&mut self) {
        self.is_vital = true;
    }

    /// Adds a statement; returns its place, counted from 0, where its rows
    /// will stand in the answer of `Db::write`.
    pub fn run(&mut self, sql: &'static Sql, args: Args) -> usize {
        self.push(sql, args, None, When::Always)
    }

    /// Adds a statement that must touch (change, or return) exactly `rows`
    /// rows; otherwise the whole batch is undone and the error names it.
    pub fn demand(&mut self, rows: u64, sql: &'static Sql, args: Args) -> usize {
        self.push(sql, args, Some(rows), When::Always)
    }

    pub(crate) fn run_when(&mut self, when: When, sql: &'static Sql, args: Args) {
        self.push(sql, args, None, when);
    }

    fn push(&mut self, sql: &'static Sql, args: Args, demand: Option<u64>, when: When) -> usize {
        self.steps.push(Step { sql, args, demand, when });
        self.steps.len() - 1
    }
}
